package dev.limpet.node.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.unixfs.FixedSize;
import dev.limpet.content.unixfs.LeafStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ReadAheadsTest {
  private static final int PIECE = 256 << 10;
  private static final int ROOM = 2 * ReadAheads.MAX_AHEAD_PIECES * PIECE;

  private static byte[] random(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void what_is_read_ahead_is_what_was_there_whatever_its_length() throws IOException {
    ReadAheads aheads = new ReadAheads(ROOM);
    int piece = 256 << 10;
    for (int length : List.of(0, 1, piece - 1, piece, piece + 1, 5 * piece, 9 * piece + 77)) {
      byte[] bytes = random(length, length);
      try (InputStream in = aheads.of(new ByteArrayInputStream(bytes))) {
        assertArrayEquals(bytes, in.readAllBytes(), "length " + length);
        assertEquals(-1, in.read());
      }
    }
  }

  @Test
  void leaves_are_taken_as_they_were_read_and_stay_until_the_one_after_the_next()
      throws IOException {
    int leaf = 256 << 10;
    byte[] bytes = random(6, 20 * leaf + 5);
    Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    try (InputStream in =
        new ReadAheads(ROOM).of(new ByteArrayInputStream(bytes), new FixedSize(leaf))) {
      LeafStream leaves = assertInstanceOf(LeafStream.class, in);
      assertNull(leaves.takeLeaf(leaf - 1), "another size is to be read");
      byte[] before = {};
      for (int from = 0; from < 20 * leaf; from += leaf) {
        byte[] taken = Objects.requireNonNull(leaves.takeLeaf(leaf), "at " + from);
        byte[] both = Arrays.copyOfRange(bytes, from - before.length, from + leaf);
        assertArrayEquals(Arrays.copyOf(both, before.length), before);
        assertArrayEquals(Arrays.copyOfRange(both, before.length, both.length), taken);
        arrays.add(taken);
        before = taken;
      }
      assertNull(leaves.takeLeaf(leaf), "less than a leaf is left");
      assertArrayEquals(Arrays.copyOfRange(bytes, 20 * leaf, bytes.length), in.readAllBytes());
    }
    assertTrue(arrays.size() <= ReadAheads.MAX_AHEAD_PIECES, "arrays: " + arrays.size());
  }

  @Test
  void where_a_leaf_was_begun_otherwise_it_is_read_on() throws IOException {
    int leaf = 1 << 20;
    byte[] bytes = random(8, 3 * leaf);
    try (InputStream in =
        new ReadAheads(2L * ROOM).of(new ByteArrayInputStream(bytes), new FixedSize(leaf))) {
      LeafStream leaves = assertInstanceOf(LeafStream.class, in);
      assertEquals(bytes[0] & 0xff, in.read());
      assertNull(leaves.takeLeaf(leaf));
      assertArrayEquals(Arrays.copyOfRange(bytes, 1, bytes.length), in.readAllBytes());
    }
  }

  @Test
  void streams_beyond_those_that_are_read_ahead_are_read_all_the_same() throws IOException {
    ReadAheads aheads = new ReadAheads(ROOM);
    byte[] bytes = random(3, 1 << 20);
    List<InputStream> open = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      open.add(aheads.of(new ByteArrayInputStream(bytes)));
    }
    for (InputStream in : open) {
      assertArrayEquals(bytes, in.readAllBytes());
      in.close();
    }
  }

  /** Whether a stream of these leaves is read ahead: then leaves are taken as they were read. */
  private static boolean isAhead(InputStream in, int leaf) throws IOException {
    return assertInstanceOf(LeafStream.class, in).takeLeaf(leaf) != null;
  }

  @Test
  void what_is_read_ahead_has_no_more_bytes_than_there_is_room_for_and_gives_them_back()
      throws IOException {
    ReadAheads aheads = new ReadAheads(ROOM);
    byte[] bytes = random(5, 3 << 20);
    int large = 1 << 20;
    try (InputStream first = aheads.of(new ByteArrayInputStream(bytes), new FixedSize(PIECE));
        InputStream wide = aheads.of(new ByteArrayInputStream(bytes), new FixedSize(large));
        InputStream second = aheads.of(new ByteArrayInputStream(bytes), new FixedSize(PIECE));
        InputStream third = aheads.of(new ByteArrayInputStream(bytes), new FixedSize(PIECE))) {
      assertTrue(isAhead(first, PIECE));
      assertFalse(isAhead(wide, large), "four times as much is not there");
      assertTrue(isAhead(second, PIECE));
      assertFalse(isAhead(third, PIECE));
    }
    try (InputStream again = aheads.of(new ByteArrayInputStream(bytes), new FixedSize(PIECE))) {
      assertTrue(isAhead(again, PIECE));
    }
  }

  @Test
  void what_came_before_a_failure_is_read_and_then_the_failure_is_told() throws IOException {
    RpcException failure = RpcException.failed("no more");
    byte[] bytes = random(4, 600_000);
    InputStream failing =
        new ByteArrayInputStream(bytes) {
          @Override
          public synchronized int read(byte[] target, int offset, int length) {
            int read = super.read(target, offset, length);
            if (read < 0) {
              throw failure;
            }
            return read;
          }
        };
    try (InputStream in = new ReadAheads(ROOM).of(failing)) {
      assertArrayEquals(bytes, in.readNBytes(bytes.length));
      assertSame(failure, assertThrows(RpcException.class, in::read));
      assertEquals(-1, in.read());
    }
  }

  @Test
  void nothing_is_read_of_the_stream_after_it_was_closed() throws IOException {
    AtomicBoolean closed = new AtomicBoolean();
    AtomicBoolean late = new AtomicBoolean();
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return read(new byte[1], 0, 1);
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            late.compareAndSet(false, closed.get());
            return length;
          }
        };
    InputStream in = new ReadAheads(ROOM).of(endless);
    assertEquals(300_000, in.readNBytes(300_000).length);
    in.close();
    closed.set(true);
    in.close();
    assertTrue(!late.get(), "read by another thread while its owner goes on with it");
  }
}
