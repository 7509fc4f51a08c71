package dev.limpet.content.block;

import java.io.IOException;
import java.nio.file.Path;

/**
 * A disk where a flush is what a test says: so a store is quick that flushes often, or a flush
 * waits or fails. All else is done.
 */
final class FlushingFiles implements PackFiles {
  /** What is done where a file would be flushed. */
  @FunctionalInterface
  interface Flush {
    void run() throws IOException;
  }

  private final DiskFiles disk = new DiskFiles();
  private final Flush flush;
  private boolean refusing;
  private boolean hurrying;
  private int besides;

  FlushingFiles(Flush flush) {
    this.flush = flush;
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
        flush.run();
      }

      @Override
      public void close() throws IOException {
        appender.close();
      }
    };
  }

  /** Whether what is to be done beside the writing gets no thread. */
  void refuseBesides(boolean refused) {
    refusing = refused;
  }

  /** What is to be done beside the writing has ended before that goes on. */
  void hurryBesides() {
    hurrying = true;
  }

  /** How often something was to be done beside the writing. */
  int besides() {
    return besides;
  }

  @Override
  public void beside(Runnable work) {
    besides++;
    if (refusing) {
      throw new OutOfMemoryError("unable to create native thread");
    }
    if (hurrying) {
      work.run();
    } else {
      disk.beside(work);
    }
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
