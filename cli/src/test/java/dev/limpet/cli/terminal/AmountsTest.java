package dev.limpet.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AmountsTest {
  @Test
  void sizes_have_binary_units() {
    assertEquals("0 B", Amounts.bytes(0));
    assertEquals("1023 B", Amounts.bytes(1023));
    assertEquals("1.5 KiB", Amounts.bytes(1536));
    assertEquals("2.0 GiB", Amounts.bytes(2L << 30));
  }

  @Test
  void one_thing_is_one() {
    assertEquals("0 calls", Amounts.count(0, "call"));
    assertEquals("1 call", Amounts.count(1, "call"));
    assertEquals("2 calls", Amounts.count(2, "call"));
  }

  @Test
  void times_turn_to_seconds_when_long() {
    assertEquals("9999 ms", Amounts.millis(9_999));
    assertEquals("10 s", Amounts.millis(10_000));
  }
}
