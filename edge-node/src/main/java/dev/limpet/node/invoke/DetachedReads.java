package dev.limpet.node.invoke;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * A body each of whose reads is done by a thread of its own while the guest's waits. A guest that
 * shall end is interrupted, and in a read of the socket that would close the connection, on which
 * its caller is to be told why. The read that is left ends with the connection, which is closed
 * after such an answer; what it reads goes nowhere.
 */
final class DetachedReads extends FilterInputStream {
  /** As much as the server has of a body at once. */
  private static final int READ_BYTES = 64 << 10;

  private byte[] buffer = new byte[0];

  DetachedReads(InputStream in) {
    super(in);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int wanted = Math.min(length, READ_BYTES);
    if (buffer.length < wanted) {
      buffer = new byte[wanted];
    }
    byte[] into = buffer;
    CompletableFuture<Integer> read = new CompletableFuture<>();
    DetachedRead.begin(() -> in.read(into, 0, wanted), read);
    int count = await(read);
    if (count > 0) {
      System.arraycopy(into, 0, target, offset, count);
    }
    return count;
  }

  private int await(CompletableFuture<Integer> read) throws IOException {
    try {
      return read.get();
    } catch (InterruptedException e) {
      buffer = new byte[0]; // the read that is left has it
      IOException stopped = new InterruptedIOException("the function shall end");
      stopped.initCause(e);
      throw stopped;
    } catch (ExecutionException e) {
      throw DetachedRead.thrown(e);
    }
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
