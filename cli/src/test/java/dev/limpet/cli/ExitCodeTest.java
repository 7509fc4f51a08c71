package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ExitCodeTest {
  @ParameterizedTest
  @EnumSource(ErrorCode.class)
  void a_known_error_ends_with_the_exit_code_that_the_documentation_gives(ErrorCode code)
      throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("../docs/ERRORS.md")).stream()
            .filter(line -> line.startsWith("| `" + code.code() + "` |"))
            .toList();
    assertEquals(1, rows.size(), code.code());
    int exit = ExitCode.of(code.status(), code.code()).number();
    assertTrue(rows.getFirst().endsWith("| " + exit + " |"), rows.getFirst());
  }

  @ParameterizedTest
  @CsvSource({"404, 5", "401, 4", "400, 2", "429, 6", "503, 3", "502, 3", "500, 70", "599, 70"})
  void an_unknown_code_has_the_exit_code_of_its_status(int status, int expected) {
    assertEquals(expected, ExitCode.of(status, "of-a-later-version").number());
  }

  @Test
  void the_errors_of_the_command_itself_are_documented() throws IOException {
    String documented = Files.readString(Path.of("../docs/ERRORS.md"));
    for (Path file : sources()) {
      var codes =
          Pattern.compile("ExitCode\\.[A-Z_]+,\\s*\"([a-z-]+)\"").matcher(Files.readString(file));
      while (codes.find()) {
        assertTrue(documented.contains("| `" + codes.group(1) + "` |"), codes.group(1));
      }
    }
  }

  private static List<Path> sources() throws IOException {
    try (var files = Files.walk(Path.of("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
