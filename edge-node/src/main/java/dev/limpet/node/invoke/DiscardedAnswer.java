package dev.limpet.node.invoke;

import dev.limpet.content.unixfs.PassingFile;
import java.io.OutputStream;

/**
 * A guest's output that nobody gets: for HEAD only its length counts, and what it would have been.
 * The guest's thread writes; the invocation's looks when that has ended.
 */
final class DiscardedAnswer extends OutputStream {
  private final PassingFile file = new PassingFile();

  @Override
  public synchronized void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] source, int offset, int length) {
    file.update(source, offset, length);
  }

  synchronized long bytes() {
    return file.size();
  }

  /** What was written, once. */
  synchronized AnsweredBody body() {
    return new AnsweredBody(file.cid(), file.size());
  }
}
