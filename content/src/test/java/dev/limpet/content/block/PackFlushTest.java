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

  private final CountingFiles files = new CountingFiles();

  private static Block block(int number) {
    byte[] bytes = new byte[BLOCK_BYTES];
    ByteBuffer.wrap(bytes).putInt(number);
    return Block.of(Multicodec.RAW, bytes);
  }

  private PackBlockstore open() {
    PackBlockstore store = PackBlockstore.open(dir, PackOptions.store(8L << 30), files);
    files.begun.drainPermits(); // what opening has flushed
    return store;
  }

  @Test
  void a_flush_begins_beside_the_writing_which_goes_on_meanwhile() throws InterruptedException {
    try (PackBlockstore store = open()) {
      files.hold = new CountDownLatch(1);
      for (int i = 0; i < BLOCKS - 1; i++) {
        store.put(block(i));
      }
      assertEquals(0, files.begun.availablePermits(), "too little for a flush");
      store.put(block(BLOCKS));
      files.begun.acquire();
      for (int i = 0; i < BLOCKS; i++) {
        store.put(block(BLOCKS + 1 + i));
      }
      assertEquals(0, files.begun.availablePermits(), "one at a time");
      assertNotNull(store.get(block(2 * BLOCKS).cid()));
      files.release();
      for (int i = 3 * BLOCKS; !files.begun.tryAcquire(); i++) {
        store.put(block(i)); // until the first has ended, and another begins
      }
    }
  }

  @Test
  void a_flush_that_fails_stops_the_writing() throws InterruptedException {
    PackBlockstore store = open();
    files.failing = true;
    for (int i = 0; i < BLOCKS; i++) {
      store.put(block(i));
    }
    files.begun.acquire();
    assertThrows(StoreFailedException.class, store::sync, "which waits for the flush");
    assertThrows(StoreFailedException.class, () -> store.put(block(0x7fff)));
    store.close();
  }

  /** Counts flushes, which may be held up or fail. */
  private static final class CountingFiles implements PackFiles {
    private final DiskFiles disk = new DiskFiles();
    private final Semaphore begun = new Semaphore(0);
    private volatile @Nullable CountDownLatch hold;
    private volatile boolean failing;

    private void release() {
      CountDownLatch held = hold;
      if (held != null) {
        held.countDown();
      }
    }

    @Override
    public Appender open(Path path) throws IOException {
      Appender appender = disk.open(path);
      return new Appender() {
        @Override
        public void write(long position, byte[] bytes, int offset, int length) throws IOException {
          appender.write(position, bytes, offset, length);
        }

        @Override
        public void truncate(long length) throws IOException {
          appender.truncate(length);
        }

        @Override
        public void sync() throws IOException {
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

        @Override
        public void close() throws IOException {
          appender.close();
        }
      };
    }

    @Override
    public void syncDirectory(Path path) throws IOException {
      disk.syncDirectory(path);
    }

    @Override
    public void replace(Path path, Content content) throws IOException {
      disk.replace(path, content);
    }
  }
}
