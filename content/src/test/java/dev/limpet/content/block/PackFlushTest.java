package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When what is written is brought to the disk without being asked for. */
@Timeout(60)
class PackFlushTest {
  private static final int BLOCK_BYTES = 1 << 20;
  private static final int BLOCKS = PackWriter.BEHIND_BYTES / BLOCK_BYTES;

  @TempDir Path dir = Path.of("");

  private final Semaphore begun = new Semaphore(0);
  private volatile @Nullable CountDownLatch hold;
  private volatile boolean failing;

  private static Block block(int number) {
    byte[] bytes = new byte[BLOCK_BYTES];
    ByteBuffer.wrap(bytes).putInt(number);
    return Block.of(Multicodec.RAW, bytes);
  }

  private final FlushingFiles files = new FlushingFiles(this::flush);

  private PackBlockstore open() {
    PackBlockstore store = PackBlockstore.open(dir, PackOptions.store(8L << 30), files);
    begun.drainPermits(); // what opening has flushed
    return store;
  }

  /** Counted; it may be held up or fail. */
  private void flush() throws IOException {
    begun.release();
    if (failing) {
      throw new IOException("Input/output error");
    }
    CountDownLatch held = hold;
    if (held != null) {
      try {
        held.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  @Test
  void a_flush_begins_beside_the_writing_which_goes_on_meanwhile() throws InterruptedException {
    try (PackBlockstore store = open()) {
      CountDownLatch held = new CountDownLatch(1);
      hold = held;
      for (int i = 0; i < BLOCKS - 1; i++) {
        store.put(block(i));
      }
      assertEquals(0, begun.availablePermits(), "too little for a flush");
      store.put(block(BLOCKS));
      begun.acquire();
      for (int i = 0; i < BLOCKS; i++) {
        store.put(block(BLOCKS + 1 + i));
      }
      assertEquals(0, begun.availablePermits(), "one at a time");
      assertNotNull(store.get(block(2 * BLOCKS).cid()));
      held.countDown();
      for (int i = 3 * BLOCKS; !begun.tryAcquire(); i++) {
        store.put(block(i)); // until the first has ended, and another begins
      }
    }
  }

  @Test
  void a_block_for_whose_flush_there_is_no_thread_is_there_and_the_next_one_begins_it()
      throws InterruptedException {
    try (PackBlockstore store = open()) {
      for (int i = 0; i < BLOCKS - 1; i++) {
        store.put(block(i));
      }
      files.refuseBesides(true);
      assertThrows(OutOfMemoryError.class, () -> store.put(block(BLOCKS)));
      assertEquals(BLOCKS, store.blocks());
      assertNotNull(store.get(block(BLOCKS).cid()));
      files.refuseBesides(false);
      store.put(block(BLOCKS + 1));
      begun.acquire();
      assertEquals(2, files.besides());
    }
  }

  @Test
  void a_flush_that_ends_before_the_writing_goes_on_is_not_the_last() {
    files.hurryBesides();
    try (PackBlockstore store = open()) {
      for (int i = 0; i < 2 * BLOCKS; i++) {
        store.put(block(i));
      }
      assertEquals(2, files.besides());
    }
  }

  @Test
  void what_was_flushed_on_demand_counts_for_no_flush_beside_the_writing() {
    try (PackBlockstore store = open()) {
      for (int i = 0; i < BLOCKS - 1; i++) {
        store.put(block(i));
      }
      store.sync();
      store.put(block(BLOCKS));
      assertEquals(0, files.besides());
    }
  }

  @Test
  void a_flush_that_fails_stops_the_writing() throws InterruptedException {
    PackBlockstore store = open();
    failing = true;
    for (int i = 0; i < BLOCKS; i++) {
      store.put(block(i));
    }
    begun.acquire();
    assertThrows(StoreFailedException.class, store::sync, "which waits for the flush");
    assertThrows(StoreFailedException.class, () -> store.put(block(0x7fff)));
    store.close();
  }
}
