package dev.limpet.node.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.RequestException;
import io.helidon.http.Status;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a connection like the server's own reader, with bounds that the server lacks:
 *
 * <ul>
 *   <li>a chunk of a request body, which the server keeps whole in memory whatever length it
 *       states: one that is large is given to it as several;
 *   <li>the line that states that length, which the server reads without an end;
 *   <li>the time that one read may take: a timeout of the socket would also end the wait for the
 *       next request;
 *   <li>the time that all reads of one head take together, which a byte now and then would make as
 *       long as it likes.
 * </ul>
 *
 * <p>What frames a chunk is read to the letter (RFC 9112, section 7.1): the server takes a sign for
 * a part of a length, and skips two bytes behind a chunk whatever they are. A proxy before this
 * node that reads them otherwise would see other requests than the node does.
 *
 * <p>So are a method, which the server takes in any case of its letters (RFC 9110, section 9.1),
 * and the name of a header, which it lets be empty (section 5.1).
 *
 * <p>And headers that are too large are answered with 431 here, since the server calls them a bad
 * request.
 */
final class GuardedReader extends UnchainedReader {
  /** Clients and proxies send far smaller ones. */
  static final int MAX_CHUNK_BYTES = 8 << 20;

  /** What the server is told of a chunk at once, and then has in memory. */
  static final int CHUNK_PART_BYTES = 64 << 10;

  /** A chunk's length in hexadecimal digits and its extensions, which nobody sends. */
  static final int MAX_CHUNK_LINE_BYTES = 256;

  /** What is still read and thrown away of a request that was answered already. */
  static final int MAX_DRAINED_BYTES = 1 << 20;

  /** What the server reads of a socket at once. */
  private static final int SOCKET_READ_BYTES = 8 << 10;

  /** What we read while a body comes that fills that: each read costs as much as some KiB. */
  static final int BULK_READ_BYTES = 128 << 10;

  private static final int HEXADECIMAL = 16;

  private static final Status HEADERS_TOO_LARGE =
      Status.create(431, "Request Header Fields Too Large");

  private static final System.Logger LOG = System.getLogger(GuardedReader.class.getName());

  private final Reads reads;
  private final BooleanSupplier betweenRequests;

  /** Whether the length of a chunk was read, and the chunk was not. */
  private boolean chunk;

  /** Bytes of the chunk that the server has not been told of. */
  private int untold;

  /** Whether the server has read a part of a chunk, and takes what follows for the end of one. */
  private boolean insideChunk;

  /**
   * Continues after what another reader has taken from the socket.
   *
   * @param betweenRequests whether the connection waits for a request line
   */
  GuardedReader(DataReader before, HelidonSocket socket, BooleanSupplier betweenRequests) {
    this(new Reads(before, socket, betweenRequests), betweenRequests);
  }

  @SuppressWarnings("removal") // a later server makes the reader an interface, which suits us more
  private GuardedReader(Reads reads, BooleanSupplier betweenRequests) {
    super(reads);
    this.reads = reads;
    this.betweenRequests = betweenRequests;
  }

  /** The read that is under way; null when there is none. */
  @Nullable Read underWay() {
    return reads.underWay.get();
  }

  /** Since when the head of a request comes, as {@link System#nanoTime} says; 0 when none does. */
  long headSince() {
    return reads.headSince;
  }

  /** Whether so many bytes are here; to be called by the thread that reads. */
  boolean hasRead(long bytes) {
    return available() >= bytes;
  }

  /** The head of a request is whole: what comes now is its body. */
  void headIsWhole() {
    reads.headSince = 0;
    reads.inHead = false;
  }

  /** One read of the socket. */
  static final class Read extends SocketWait {
    private final long beganNanos = System.nanoTime();
    private final boolean handshake;

    Read(boolean handshake) {
      this.handshake = handshake;
    }

    /** For how long it has gone on. */
    long nanos() {
      return System.nanoTime() - beganNanos;
    }

    /** Whether TLS is agreed on in it, and the first bytes of the first request come. */
    boolean isHandshake() {
      return handshake;
    }
  }

  /**
   * Throws away what comes, until the peer closes or has sent enough. A thread that was left in the
   * middle of a body may still be reading: what it waits for is waited for here, and nobody else
   * reads this connection from now on. What is here already is that thread's.
   *
   * @param patience with the read of another thread, which is then cut
   */
  void drain(Duration patience) {
    long left = MAX_DRAINED_BYTES;
    try {
      boolean mine = reads.takeOver(patience);
      while (mine && left > 0) {
        byte[] bytes = reads.read();
        left = bytes == null ? 0 : left - bytes.length;
      }
    } catch (ServerConnectionException e) {
      LOG.log(Level.TRACE, "the peer has closed", e);
    }
  }

  @Override
  public String readLine() {
    if (untold > 0) {
      return nextPart();
    }
    if (findNewLine(MAX_CHUNK_LINE_BYTES) >= MAX_CHUNK_LINE_BYTES) {
      throw refused(Status.BAD_REQUEST_400);
    }
    String line = super.readLine();
    chunk = !line.isEmpty() && Character.digit(line.charAt(0), 16) >= 0;
    if (!chunk && !line.isEmpty()) {
      throw refused(Status.BAD_REQUEST_400);
    }
    int length = chunk ? chunkLength(line) : 0;
    if (length <= CHUNK_PART_BYTES) {
      return line;
    }
    if (length > MAX_CHUNK_BYTES) {
      throw refused(Status.REQUEST_ENTITY_TOO_LARGE_413);
    }
    untold = length;
    return nextPart();
  }

  /** The length that a line states; 0 where it is none, which the server says. */
  private static int chunkLength(String line) {
    try {
      return Integer.parseInt(line, HEXADECIMAL);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private String nextPart() {
    int part = Math.min(untold, CHUNK_PART_BYTES);
    untold -= part;
    chunk = true;
    return Integer.toHexString(part);
  }

  @Override
  public BufferData readBuffer(int length) {
    if (length > MAX_CHUNK_BYTES) {
      throw refused(Status.REQUEST_ENTITY_TOO_LARGE_413);
    }
    BufferData bytes = super.readBuffer(length);
    insideChunk = untold > 0;
    if (chunk && !insideChunk && !startsWithNewLine()) {
      throw refused(Status.BAD_REQUEST_400);
    }
    chunk = false;
    return bytes;
  }

  @Override
  public void skip(int length) {
    boolean nothing = insideChunk; // where the server skips the end of a line
    insideChunk = false;
    if (!nothing) {
      super.skip(length);
    }
  }

  @Override
  public int findNewLine(int max) {
    return checkedHeader(super.findNewLine(max), max);
  }

  @Override
  public int findOrNewLine(byte wanted, int max) {
    int found = checkedHeader(super.findOrNewLine(wanted, max), max);
    if (found == 0) {
      throw refused(Status.BAD_REQUEST_400);
    }
    return found;
  }

  @Override
  public byte[] readBytes(int length) {
    byte[] bytes = super.readBytes(length);
    if (betweenRequests.getAsBoolean()) {
      reads.inHead = true; // also when the line came with what was before it
      if (hasSmallLetters(bytes)) {
        throw refused(Status.BAD_REQUEST_400);
      }
    }
    return bytes;
  }

  /** Whether the method, with which a request line begins, has some. */
  private static boolean hasSmallLetters(byte[] line) {
    for (int i = 0; i < line.length && line[i] != ' '; i++) {
      if (line[i] >= 'a' && line[i] <= 'z') {
        return true;
      }
    }
    return false;
  }

  private int checkedHeader(int found, int max) {
    if (found >= max && max != MAX_CHUNK_LINE_BYTES && !betweenRequests.getAsBoolean()) {
      throw refused(HEADERS_TOO_LARGE);
    }
    return found;
  }

  private static RequestException refused(Status status) {
    return RequestException.builder()
        .type(EventType.BAD_REQUEST)
        .status(status)
        .message(status.reasonPhrase())
        .setKeepAlive(false)
        .build();
  }

  /** Where bytes come from, and which of them we wait for. */
  private static final class Reads implements Supplier<byte @Nullable []> {
    private final DataReader before;
    private final HelidonSocket socket;
    private final BooleanSupplier betweenRequests;
    private final AtomicReference<@Nullable Read> underWay = new AtomicReference<>();

    /** The only one that may read, once the request is answered; null before. */
    private volatile @Nullable Thread drainer;

    private volatile long headSince;
    private boolean inHead;
    private boolean begun;

    /** Whether much comes, as on few connections: most are idle. */
    private boolean bulk;

    /** For the next read of much; null where there is none yet. */
    private byte @Nullable [] spare;

    Reads(DataReader before, HelidonSocket socket, BooleanSupplier betweenRequests) {
      this.betweenRequests = betweenRequests;
      this.before = before;
      this.socket = socket;
    }

    @Override
    public byte @Nullable [] get() {
      int left = before.available();
      return left > 0 ? before.readBytes(left) : read();
    }

    /**
     * Lets no other thread begin a read, and ends the one that is under way when it does not end by
     * itself; false when this thread cannot read, either.
     */
    boolean takeOver(Duration patience) {
      drainer = Thread.currentThread();
      Read left = underWay.get();
      if (left == null) {
        return true;
      }
      try {
        if (left.awaitEnd(patience)) {
          return true;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      boolean _ = left.cut(() -> {});
      return false;
    }

    /** Reads the socket. */
    @SuppressWarnings("ThreadPriorityCheck") // what others get is all that the yield is for
    byte @Nullable [] read() {
      // A client that is faster than we are would have its next request here each time, and keep
      // the few threads that serve all connections to itself.
      Thread.yield();
      Read read = new Read(!begun && socket.isSecure());
      begin(read);
      begun = true;
      try {
        byte[] bytes = next();
        if (inHead && headSince == 0) {
          headSince = System.nanoTime() | 1; // which is never 0
        }
        return bytes;
      } catch (UncheckedIOException e) {
        throw new ServerConnectionException("cannot read from the connection", e);
      } finally {
        end(read);
      }
    }

    /** One thread reads at a time: two would each have a part of what comes. */
    private void begin(Read read) {
      boolean alone = underWay.compareAndSet(null, read);
      Thread only = drainer;
      if (!alone || (only != null && !only.equals(Thread.currentThread()))) {
        end(read);
        throw new ServerConnectionException(
            "cannot read from the connection", new IllegalStateException("another thread does"));
      }
    }

    private void end(Read read) {
      boolean _ = underWay.compareAndSet(read, null);
      read.end();
    }

    private byte @Nullable [] next() {
      boolean between = betweenRequests.getAsBoolean();
      inHead |= between;
      byte[] read = bulk && !between ? readBulk() : socket.get();
      bulk = read != null && read.length >= SOCKET_READ_BYTES && !socket.isSecure();
      if (!bulk) {
        spare = null;
      }
      return read;
    }

    @SuppressWarnings("removal") // the only way to say how much is read
    private byte @Nullable [] readBulk() {
      byte[] kept = spare;
      byte[] into = kept == null ? new byte[BULK_READ_BYTES] : kept;
      int read = socket.read(BufferData.create(into).clear());
      boolean handedOver = read == into.length; // as it is, without a copy
      spare = handedOver ? null : into;
      return read < 0 ? null : handedOver ? into : Arrays.copyOf(into, read);
    }
  }
}
