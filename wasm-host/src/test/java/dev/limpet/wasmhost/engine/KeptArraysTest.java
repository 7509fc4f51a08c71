package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.junit.jupiter.api.Test;

class KeptArraysTest {
  private static final int PAGE = 1 << 16;
  private static final int LENGTH = 3 * PAGE;

  /** What waits for a minute to pass. */
  private final Deque<Runnable> minutes = new ArrayDeque<>();

  private final KeptArrays arrays = new KeptArrays(minutes::add);

  private static byte[] written(int length) {
    byte[] array = new byte[length];
    Arrays.fill(array, (byte) 7);
    return array;
  }

  @Test
  void the_next_guest_gets_the_array_of_the_last_one_without_its_bytes() {
    byte[] last = written(LENGTH);
    arrays.leave(last, LENGTH);
    byte[] next = arrays.take(LENGTH);
    assertSame(last, next);
    assertArrayEquals(new byte[LENGTH], next);
    assertEquals(0, arrays.bytes());
  }

  @Test
  void only_what_was_touched_is_zeroed() {
    byte[] last = written(LENGTH);
    arrays.leave(last, PAGE);
    byte[] next = arrays.take(LENGTH);
    assertEquals(0, next[PAGE - 1]);
    assertEquals(7, next[PAGE], "this one was said to be zero");
  }

  @Test
  void an_array_has_one_guest_at_a_time() {
    arrays.leave(written(LENGTH), LENGTH);
    assertNotSame(arrays.take(LENGTH), arrays.take(LENGTH));
  }

  @Test
  void a_guest_that_wants_another_length_gets_another_array() {
    byte[] two = written(2 * PAGE);
    arrays.leave(two, two.length);
    arrays.leave(written(LENGTH), LENGTH);
    assertSame(two, arrays.take(2 * PAGE));
    assertArrayEquals(new byte[PAGE], arrays.take(PAGE));
  }

  @Test
  void lengths_are_few_and_never_a_quarter_too_long() {
    int[] pages = {1, 2, 3, 4, 5, 8, 9, 16, 17, 33, 39, 64, 65};
    int[] classes = {1, 2, 3, 4, 5, 8, 10, 16, 20, 40, 40, 64, 80};
    for (int i = 0; i < pages.length; i++) {
      assertEquals(classes[i] * PAGE, KeptArrays.sizeClass(pages[i] * PAGE), pages[i] + " pages");
    }
    for (int page = 1; page <= 1 << 14; page++) {
      int length = KeptArrays.sizeClass(page * PAGE);
      assertTrue(length >= page * PAGE && length <= page * 1.25 * PAGE, page + " pages");
      assertEquals(length, KeptArrays.sizeClass(length));
    }
    assertEquals(0, KeptArrays.sizeClass(0));
  }

  @Test
  void there_are_never_too_many_and_those_go_first_that_wait_for_longest() {
    byte[] first = new byte[PAGE];
    arrays.leave(first, 0);
    for (int i = 1; i < KeptArrays.MAX_KEPT_ARRAYS; i++) {
      arrays.leave(new byte[2 * PAGE], 0);
    }
    assertSame(first, arrays.take(PAGE));
    arrays.leave(first, 0);
    for (int i = 0; i < KeptArrays.MAX_KEPT_ARRAYS; i++) {
      arrays.leave(new byte[3 * PAGE], 0);
    }
    assertNotSame(first, arrays.take(PAGE));
    assertEquals(KeptArrays.MAX_KEPT_ARRAYS * 3 * PAGE, arrays.bytes());
    for (int i = 0; i < 5; i++) {
      arrays.leave(new byte[KeptArrays.MAX_KEPT_ARRAY_BYTES], 0);
      assertTrue(arrays.bytes() <= KeptArrays.MAX_KEPT_BYTES);
    }
  }

  @Test
  void a_large_array_is_not_kept() {
    byte[] large = written(KeptArrays.MAX_KEPT_ARRAY_BYTES + 1);
    arrays.leave(large, large.length);
    assertEquals(0, arrays.bytes());
    assertNotSame(large, arrays.take(large.length));
  }

  @Test
  void all_go_back_to_the_heap_when_no_guest_has_left_one_for_a_minute() {
    arrays.leave(written(LENGTH), LENGTH);
    for (int i = 0; i < 5; i++) {
      arrays.leave(written(LENGTH), LENGTH);
      minutes.remove().run();
    }
    assertEquals(6 * LENGTH, arrays.bytes(), "guests come");
    assertEquals(1, minutes.size(), "one look at a time");
    minutes.remove().run();
    assertEquals(0, arrays.bytes());
    assertTrue(minutes.isEmpty(), "nothing is looked after");
    arrays.leave(written(PAGE), PAGE);
    assertEquals(PAGE, arrays.bytes());
    assertEquals(1, minutes.size());
  }
}
