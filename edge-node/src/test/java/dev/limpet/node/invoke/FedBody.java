package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.LinkedBlockingQueue;

/** A body of unknown length that a test feeds byte by byte; reading it waits for the next. */
final class FedBody extends InputStream implements CallerBody {
  private static final int END = -1;

  /** What it says of itself. */
  long length = -1;

  private final LinkedBlockingQueue<Integer> bytes = new LinkedBlockingQueue<>();

  void feed(char letter) {
    bytes.add((int) letter);
  }

  /** Whether somebody has read all that was fed. */
  boolean isRead() {
    return bytes.isEmpty();
  }

  void end() {
    bytes.add(END);
  }

  @Override
  public int read() throws IOException {
    try {
      return bytes.take();
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    int next = read();
    if (next < 0) {
      return next;
    }
    target[offset] = (byte) next;
    return 1;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public boolean isHere() {
    return false;
  }

  @Override
  public InputStream stream() {
    return this;
  }

  @Override
  public LimpetException fault(IOException e) {
    return new LimpetException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
  }
}
