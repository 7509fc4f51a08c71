package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeptArrayTest {
  private static final int LENGTH = 3 << 16;

  private static byte[] written(int length) {
    byte[] array = new byte[length];
    Arrays.fill(array, (byte) 7);
    return array;
  }

  @Test
  void the_next_guest_gets_the_array_of_the_last_one_without_its_bytes() {
    byte[] last = written(LENGTH);
    KeptArray.leave(last);
    byte[] next = KeptArray.take(LENGTH);
    assertSame(last, next);
    assertArrayEquals(new byte[LENGTH], next);
  }

  @Test
  void an_array_has_one_guest_at_a_time() {
    KeptArray.leave(written(LENGTH));
    assertNotSame(KeptArray.take(LENGTH), KeptArray.take(LENGTH));
  }

  @Test
  void a_guest_that_wants_another_length_gets_a_new_array() {
    byte[] last = written(LENGTH);
    KeptArray.leave(last);
    byte[] next = KeptArray.take(LENGTH / 2);
    assertEquals(LENGTH / 2, next.length);
    assertArrayEquals(new byte[LENGTH / 2], next);
  }

  @Test
  void a_large_array_is_not_kept() {
    byte[] large = written(KeptArray.MAX_KEPT_ARRAY_BYTES + 1);
    KeptArray.leave(large);
    assertNotSame(large, KeptArray.take(large.length));
  }
}
