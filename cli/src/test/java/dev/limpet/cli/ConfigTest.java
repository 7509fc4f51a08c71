package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
  private static final String SECRET = "a-secret-that-nobody-may-see";

  private final RecordingTerminal terminal = new RecordingTerminal();
  @TempDir private Path dir;

  private String file(String text) throws IOException {
    Path file = Files.writeString(dir.resolve("some.conf"), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return file.toString();
  }

  @Test
  void show_prints_each_setting_with_its_origin_and_no_secret() throws IOException {
    String file = file("quota = 5GiB\ntoken = " + SECRET + "\n");
    assertEquals(
        0, terminal.run("config", "show", "node", "--config", file, "--set", "max-cpus=3"));
    String shown = terminal.out();
    assertFalse(shown.contains(SECRET), shown);
    for (String part :
        new String[] {"quota", "5GiB", "some.conf", "********", "max-cpus", "--set"}) {
      assertTrue(shown.contains(part), part + " is missing: " + shown);
    }
  }

  @Test
  void show_with_json_prints_an_object_a_line() {
    assertEquals(0, terminal.run("config", "show", "gateway", "--json"));
    JsonObject first = JsonObject.parse(terminal.out().lines().findFirst().orElseThrow());
    assertEquals("listen", first.text("key"));
    assertEquals("127.0.0.1:8640", first.text("value"));
    assertEquals("default", first.text("origin"));
  }

  @Test
  void check_accepts_what_would_start_and_names_what_would_not() throws IOException {
    assertEquals(0, terminal.run("config", "check", "node", "--set", "quota=1GiB"));
    assertTrue(terminal.out().startsWith("ok: 1 setting"), terminal.out());
    assertEquals(2, terminal.run("config", "check", "gateway", "--config", file("tokn = x\n")));
    assertTrue(terminal.err().contains("token"), terminal.err());
    assertEquals(2, terminal.run("config", "check", "kitchen"));
  }
}
