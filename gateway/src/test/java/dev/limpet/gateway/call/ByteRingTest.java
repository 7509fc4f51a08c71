package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteRingTest {
  private static final int BYTES = 512 << 10;

  private final ByteRing ring = new ByteRing(BYTES);
  private final Random random = new Random(1);

  private byte[] some(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void assertKeeps(long place, byte[] bytes) {
    byte[] read = new byte[bytes.length];
    ring.read(place, read);
    assertArrayEquals(bytes, read);
  }

  @Test
  void what_spans_two_arrays_is_read_as_it_was_written() {
    byte[] bytes = some(1000);
    ring.write(BYTES / 2 - 300, ByteBuffer.wrap(bytes));
    assertKeeps(BYTES / 2 - 300, bytes);
  }

  @Test
  void what_spans_the_end_of_the_ring_goes_on_at_its_beginning() {
    byte[] bytes = some(1000);
    long place = 7L * BYTES - 1;
    ring.write(place, ByteBuffer.wrap(bytes));
    assertKeeps(place, bytes);
  }

  @Test
  void all_that_one_ring_holds_is_kept() {
    byte[] bytes = some(BYTES);
    ring.write(12_345, ByteBuffer.wrap(bytes));
    assertKeeps(12_345, bytes);
  }

  @Test
  void the_next_round_replaces_the_last() {
    byte[] before = some(10);
    byte[] after = some(5);
    ring.write(100, ByteBuffer.wrap(before));
    ring.write(100 + BYTES, ByteBuffer.wrap(after));
    System.arraycopy(after, 0, before, 0, after.length);
    assertKeeps(100, before);
  }
}
