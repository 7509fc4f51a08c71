package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0,0",
    "1,1",
    "1B,1",
    "1KiB,1024",
    "64MiB,67108864",
    "1 GiB,1073741824",
    "2TiB,2199023255552",
    "1kB,1000",
    "3MB,3000000",
    "1GB,1000000000",
    "1TB,1000000000000",
    "9223372036854775807,9223372036854775807"
  })
  void sizes_are_read(String text, long bytes) {
    assertEquals(bytes, ByteSizes.parse(text));
    assertEquals(bytes, ByteSizes.parse(ByteSizes.format(bytes)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-1",
        "1.5GiB",
        "1 024",
        "MiB",
        "1mib",
        "1KB",
        "1  KiB",
        " 1",
        "1PiB",
        "9223372036854775808",
        "8388608TiB",
        "1\n",
        "١"
      })
  void other_sizes_are_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ByteSizes.parse(text));
  }

  @Test
  void sizes_are_written_exactly() {
    assertEquals("64MiB", ByteSizes.format(64 << 20));
    assertEquals("1025", ByteSizes.format(1025));
    assertEquals("0", ByteSizes.format(0));
  }

  @ParameterizedTest
  @CsvSource({"0s,0", "250ms,250", "2s,2000", "5m,300000", "1h,3600000", "7d,604800000"})
  void durations_are_read(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Durations.parse(text));
    assertEquals(
        Duration.ofMillis(millis), Durations.parse(Durations.format(Duration.ofMillis(millis))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "-1s", "1.5s", "1 s", "s", "1w", "999999999999999999d", "1s "})
  void other_durations_are_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> Durations.parse(text));
  }

  @Test
  void near_matches_are_found_and_far_ones_are_not() {
    List<String> known = List.of("quota", "listen", "max-memory", "name");
    assertEquals(List.of("quota"), NearMatch.of("qouta", known));
    assertEquals(List.of("max-memory"), NearMatch.of("MAX_MEMORY", known));
    assertEquals(List.of("max-memory"), NearMatch.of("max-mem", known));
    assertEquals(List.of(), NearMatch.of("x".repeat(100), known));
    assertEquals("", NearMatch.hint("zebra", known));
    assertEquals("; did you mean name?", NearMatch.hint("nane", known));
  }
}
