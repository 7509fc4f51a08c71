package dev.limpet.node.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts and values are those of Go 1.26: {@code time.ParseDuration} and {@code String}. */
class GoDurationTest {
  @ParameterizedTest
  @CsvSource({
    "48h, PT48H, 48h0m0s",
    "1m0s, PT1M, 1m0s",
    "1.5h, PT1H30M, 1h30m0s",
    ".5s, PT0.5S, 500ms",
    "1.s, PT1S, 1s",
    "1h1ms, PT1H0.001S, 1h0m0.001s",
    "90s, PT1M30S, 1m30s",
    "1500us, PT0.0015S, 1.5ms",
    "1500\u00b5s, PT0.0015S, 1.5ms",
    "1500\u03bcs, PT0.0015S, 1.5ms",
    "1500ns, PT0.0000015S, 1.5\u00b5s",
    "7ns, PT0.000000007S, 7ns",
    "0.9ns, PT0S, 0s",
    "0, PT0S, 0s",
    "-500ms, PT-0.5S, -500ms",
    "+2s, PT2S, 2s"
  })
  void a_duration_is_read_and_written_as_go_does(String text, Duration value, String written) {
    assertEquals(Optional.of(value), GoDuration.parse(text));
    assertEquals(written, GoDuration.text(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "1", "s", "1x", "1 s", "7d", "1h-2m", "1e3s", ".s", "300000000h"})
  void what_go_does_not_read_is_none(String text) {
    assertEquals(Optional.empty(), GoDuration.parse(text));
  }

  @ParameterizedTest
  @ValueSource(ints = {65, 10_000})
  void a_long_text_is_none(int length) {
    assertEquals(Optional.empty(), GoDuration.parse("1s".repeat(length / 2) + "1s"));
  }
}
