package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class FillTest {

  private static final int ROOM = 16;

  @Test
  void a_fill_sets_all_its_bytes_and_none_beside_them() {
    for (int length = 0; length <= Fill.LONG + 9; length++) {
      for (int from = 0; from < ROOM; from++) {
        check(from, length, (byte) 0x80);
      }
    }
  }

  @Test
  void a_fill_takes_any_value() {
    for (int value = Byte.MIN_VALUE; value <= Byte.MAX_VALUE; value++) {
      check(3, 7, (byte) value);
      check(3, 21, (byte) value);
      check(3, Fill.LONG, (byte) value);
    }
  }

  private static void check(int from, int length, byte value) {
    byte[] expected = new byte[ROOM + length + ROOM];
    Arrays.fill(expected, (byte) ~value);
    byte[] filled = expected.clone();
    for (int i = from; i < from + length; i++) {
      expected[i] = value;
    }
    Fill.fill(filled, from, from + length, value);
    assertArrayEquals(expected, filled, () -> length + " bytes from " + from + " on");
  }
}
