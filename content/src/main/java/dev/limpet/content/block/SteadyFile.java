package dev.limpet.content.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A file that many threads read, each where it likes. A channel is closed under all its readers
 * when one of them is interrupted (a cancelled call); this opens it again, because the file is as
 * good as before, and leaves the interrupt to the thread that it was meant for. It is opened when
 * it is read first.
 */
final class SteadyFile {
  /**
   * What is read at once. The JDK keeps a buffer outside of the heap for each thread that reads, as
   * big as its biggest read: this bounds it.
   */
  private static final int READ_BYTES = 256 << 10;

  private final Path file;
  private final ReadWriteLock use = new ReentrantReadWriteLock();
  private volatile @Nullable FileChannel channel;
  private volatile boolean closed;

  SteadyFile(Path file) {
    this.file = file;
  }

  /**
   * Reads a part of the file into a new array.
   *
   * @return the bytes, or null when the file has been closed
   * @throws IOException when it cannot be read or ends before the part does
   */
  byte @Nullable [] read(long position, int length) throws IOException {
    return read(position, new byte[length]);
  }

  /** The same into an array, which the part fills. */
  byte @Nullable [] read(long position, byte[] bytes) throws IOException {
    return read(position, bytes, bytes.length) ? bytes : null;
  }

  /** The same into the first bytes of an array; false when the file has been closed. */
  boolean read(long position, byte[] bytes, int length) throws IOException {
    use.readLock().lock();
    try {
      if (!closed) {
        readFully(position, bytes, length);
      }
      return !closed;
    } finally {
      use.readLock().unlock();
    }
  }

  private void readFully(long position, byte[] bytes, int length) throws IOException {
    boolean interrupted = false;
    try {
      int done = 0;
      while (done < length) {
        FileChannel reading = channel();
        ByteBuffer part = ByteBuffer.wrap(bytes, done, Math.min(READ_BYTES, length - done));
        try {
          int read = reading.read(part, position + done);
          if (read < 0) {
            throw new IOException(
                "%s ends at byte %d, before what is at %d to %d"
                    .formatted(file, position + done, position, position + length));
          }
          done += read;
        } catch (ClosedChannelException e) {
          // Interrupted, here or in another reader: the file itself is well.
          interrupted |= Thread.interrupted();
          reopen(reading);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    return open != null ? open : reopen(null);
  }

  @SuppressWarnings("ReferenceEquality") // Is it still the channel that was found closed?
  private synchronized FileChannel reopen(@Nullable FileChannel broken) throws IOException {
    FileChannel open = channel;
    if (open == null || open == broken) {
      open = FileChannel.open(file, StandardOpenOption.READ);
      channel = open;
    }
    return open;
  }

  /** Waits for its readers and closes the file; reads answer null from then on. */
  void close() throws IOException {
    use.writeLock().lock();
    try {
      closed = true;
      FileChannel open = channel;
      if (open != null) {
        open.close();
      }
    } finally {
      use.writeLock().unlock();
    }
  }
}
