package dev.limpet.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.RecordingTerminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void the_environment_gives_the_token() {
    var terminal = new RecordingTerminal(Map.of("LIMPET_TOKEN", "secret")).terminal();
    assertEquals("secret", Credentials.token(terminal, ""));
  }

  @Test
  void a_private_file_gives_the_token_without_its_newline() throws IOException {
    Path file = write("rw-------");
    assertEquals("secret", Credentials.token(new RecordingTerminal().terminal(), file.toString()));
  }

  @Test
  void a_file_that_others_can_read_is_refused_with_the_line_that_mends_it() throws IOException {
    Path file = write("rw-r--r--");
    var terminal = new RecordingTerminal().terminal();
    var refused =
        assertThrows(CliException.class, () -> Credentials.token(terminal, file.toString()));
    assertEquals(ExitCode.REFUSED, refused.exit());
    assertTrue(refused.detail().contains("chmod 600 " + file), refused.detail());
  }

  @Test
  void a_token_with_a_newline_inside_cannot_smuggle_a_header() {
    var terminal = new RecordingTerminal(Map.of("LIMPET_TOKEN", "a\r\nX: y")).terminal();
    assertThrows(CliException.class, () -> Credentials.token(terminal, ""));
  }

  private Path write(String permissions) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), "secret\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }
}
