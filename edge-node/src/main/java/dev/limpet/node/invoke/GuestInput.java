package dev.limpet.node.invoke;

import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.Task;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * A call's body as the guest's standard input. A short one of known length is read and digested
 * before the start, so that the Task is known; any other streams, and is digested while the guest
 * reads it: its Task is known at the end, if the guest has read that far.
 */
final class GuestInput {
  /** One such buffer per call. */
  static final int MAX_DIGESTED_BYTES = 1 << 20;

  private static final byte[] NOTHING = {};

  private final InputStream stream;
  private final @Nullable StreamedBody streamed;
  private final byte @Nullable [] digest;
  private final byte @Nullable [] whole;

  /** One that streams. */
  private GuestInput(StreamedBody streamed) {
    this.stream = streamed;
    this.streamed = streamed;
    this.digest = null;
    this.whole = null;
  }

  /** One that is in memory. */
  private GuestInput(byte[] whole, byte @Nullable [] digest) {
    this.stream = new ByteArrayInputStream(whole);
    this.streamed = null;
    this.digest = digest;
    this.whole = whole;
  }

  /** Reads a body that has not come yet. */
  @FunctionalInterface
  interface Arriving {
    /** At most so many bytes; fewer when it ends before. */
    byte[] read(int length) throws IOException;
  }

  /**
   * Prepares a body.
   *
   * @param arriving reads one that may keep its reader waiting
   * @throws dev.limpet.protocol.LimpetException when reading it fails
   */
  static GuestInput of(CallerBody body, Arriving arriving) {
    if (body.length() == 0) {
      return new GuestInput(NOTHING, null);
    }
    if (body.length() < 0 || body.length() > MAX_DIGESTED_BYTES) {
      InputStream stream = body.isHere() ? body.stream() : new DetachedReads(body.stream());
      return new GuestInput(new StreamedBody(stream, body.length()));
    }
    try {
      int length = (int) body.length();
      byte[] bytes = body.isHere() ? body.stream().readNBytes(length) : arriving.read(length);
      if (bytes.length < body.length()) {
        throw body.fault(new IOException("the body ended early"));
      }
      return new GuestInput(bytes, Sha256.of(bytes));
    } catch (IOException e) {
      throw body.fault(e);
    }
  }

  /** Whether there is no body. */
  boolean isEmpty() {
    return streamed == null && digest == null;
  }

  /** Whether the body is known before the start. */
  boolean isDigested() {
    return digest != null;
  }

  /** What the guest reads. */
  InputStream stream() {
    return stream;
  }

  /** All that the guest reads, when it is in memory; not to be changed. */
  byte @Nullable [] whole() {
    return whole;
  }

  /** The Task before the start: with the body where it is known. */
  Task begin(Task withoutBody) {
    return digest == null ? withoutBody : withoutBody.withBody(digest);
  }

  /** The Task after the end, or null when the guest has not read its whole body. */
  @Nullable Task end(Task begun) {
    StreamedBody body = streamed;
    if (body == null) {
      return begun;
    }
    return body.isWhole() ? begun.withBody(body.digest.digest()) : null;
  }

  /** Digests what passes. The guest's thread reads; the invocation's looks when that has ended. */
  private static final class StreamedBody extends FilterInputStream {
    private final MessageDigest digest = Sha256.begin();
    private final long length;
    private long count;
    private boolean ended;

    StreamedBody(InputStream in, long length) {
      super(in);
      this.length = length;
    }

    boolean isWhole() {
      return ended || count == length;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int bytes) throws IOException {
      int read = in.read(target, offset, bytes);
      if (read < 0) {
        ended = true;
      } else {
        digest.update(target, offset, read);
        count += read;
      }
      return read;
    }

    @Override
    public long skip(long bytes) {
      throw new UnsupportedOperationException("every byte counts");
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
