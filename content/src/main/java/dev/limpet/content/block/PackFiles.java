package dev.limpet.content.block;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * What a store needs of a disk to be durable. The seam where tests let writes and flushes fail.
 *
 * <p>Writers are not {@link java.nio.channels.FileChannel}s on purpose: a channel is closed when
 * the thread that uses it is interrupted, and a flush that fails at that moment loses its error.
 */
interface PackFiles {
  /** A file that is written at its end. Writes come from one thread at a time; sync from any. */
  interface Appender extends AutoCloseable {
    /** Writes all bytes at a position. */
    void write(long position, byte[] bytes, int offset, int length) throws IOException;

    /** Cuts the file off. */
    void truncate(long length) throws IOException;

    /** Returns when all that was written is on the disk. */
    void sync() throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Opens a file for writing; it is created when it is absent. */
  Appender open(Path file) throws IOException;

  /** Makes the names in a directory durable: created, renamed and deleted files. */
  void syncDirectory(Path directory) throws IOException;

  /** Replaces a file with new content so that a crash leaves the old or the new, whole. */
  void replace(Path file, Content content) throws IOException;

  /** Does something beside the thread that writes; what that throws went wrong before it began. */
  void beside(Runnable work);

  /** Writes the content of a file. */
  @FunctionalInterface
  interface Content {
    /** Writes everything to the stream, which is buffered and need not be closed. */
    void writeTo(OutputStream out) throws IOException;
  }
}
