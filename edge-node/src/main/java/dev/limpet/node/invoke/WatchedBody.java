package dev.limpet.node.invoke;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;

/**
 * Knows how long its reader has waited for the other side; what the reader does itself is not
 * counted.
 */
final class WatchedBody extends FilterInputStream {
  private static final System.Logger LOG = System.getLogger(WatchedBody.class.getName());

  private volatile boolean waiting;
  private volatile long sinceNanos;

  WatchedBody(InputStream in) {
    super(in);
  }

  /** How long it has waited for what comes next; 0 while it does not. */
  long waitedNanos() {
    long since = sinceNanos;
    return waiting ? System.nanoTime() - since : 0;
  }

  @Override
  public int read() throws IOException {
    begin();
    try {
      return in.read();
    } finally {
      waiting = false;
    }
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    begin();
    try {
      return in.read(to, from, length);
    } finally {
      waiting = false;
    }
  }

  @Override
  public long skip(long bytes) throws IOException {
    begin();
    try {
      return in.skip(bytes);
    } finally {
      waiting = false;
    }
  }

  private void begin() {
    sinceNanos = System.nanoTime();
    waiting = true;
  }

  /** Ends it from another thread: its reader gets an {@link IOException}. */
  void end() {
    try {
      close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a transfer did not close", e);
    }
  }
}
