package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {
  private static final Pattern ROW =
      Pattern.compile(
          "\\| `([a-z-]+)` \\| (\\d{3}(?: or \\d{3})?) \\| ([^|]+) \\| ([^|]+) \\| (\\d+) \\|");

  @ParameterizedTest
  @EnumSource
  void every_code_reads_like_its_constant_and_has_an_error_status(ErrorCode code) {
    assertEquals(code.name(), code.code().toUpperCase(Locale.ROOT).replace('-', '_'));
    assertTrue(code.status() >= 400 && code.status() < 600);
    assertEquals(Optional.of(code), ErrorCode.parse(code.code()));
    assertEquals("urn:limpet:error:" + code.code(), code.type());
    assertFalse(code.title().endsWith("."));
  }

  @Test
  void the_table_of_errors_lists_exactly_these() throws IOException {
    Path file = Path.of(System.getProperty("limpet.root", ".."), "docs", "ERRORS.md");
    List<String> documented =
        ROW.matcher(Files.readString(file))
            .results()
            .map(row -> row.group(1) + " " + row.group(2) + " " + row.group(5))
            .toList();
    List<String> expected =
        Arrays.stream(ErrorCode.values())
            .map(code -> code.code() + " " + statuses(code) + " " + code.category().exitCode())
            .toList();
    assertEquals(expected, documented);
  }

  private static String statuses(ErrorCode code) {
    return code.status() + (code == ErrorCode.NOT_SUPPORTED ? " or 501" : "");
  }

  @Test
  void every_row_of_the_table_says_when_and_what_to_do() throws IOException {
    Path file = Path.of(System.getProperty("limpet.root", ".."), "docs", "ERRORS.md");
    Matcher row = ROW.matcher(Files.readString(file));
    int rows = 0;
    while (row.find()) {
      rows++;
      assertTrue(row.group(3).strip().length() > 10, row.group());
      assertTrue(row.group(4).strip().length() > 10, row.group());
    }
    assertEquals(ErrorCode.values().length, rows);
  }
}
