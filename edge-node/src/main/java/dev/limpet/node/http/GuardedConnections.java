package dev.limpet.node.http;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.Durations;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.buffers.DataReader;
import io.helidon.common.buffers.DataWriter;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.socket.HelidonSocket;
import io.helidon.common.socket.PeerInfo;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.ListenerContext;
import io.helidon.webserver.ProxyProtocolData;
import io.helidon.webserver.Router;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Gives each HTTP/1.1 connection a {@link GuardedReader} and a {@link GuardedWriter}, and ends a
 * connection whose peer has gone quiet in the middle of a request, takes too long for the head of
 * one, or takes nothing of its answer. The server asks each connection for its idle time every
 * second: a stalled one answers with more than the idle timeout, and closing it then interrupts the
 * thread that waits for the peer, which closes its socket.
 */
final class GuardedConnections implements ServerConnectionSelector {
  /** What a client may send after its answer before we stop listening, one read. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(GuardedConnections.class.getName());

  /** The head of a request, which comes in one piece or two, may take so many times a silence. */
  private static final int MAX_HEAD_SILENCES = 2;

  /** The connection that a thread serves. */
  private static final ScopedValue<GuardedConnection> SERVED = ScopedValue.newInstance();

  private static final Duration STALLED = Duration.ofDays(1);

  private final ServerConnectionSelector http1;
  private final Bounds bounds;

  /** What all connections of a server have in common. */
  private record Bounds(Duration maxRead, Duration maxWrite, BoundedLog log) {}

  GuardedConnections(ServerConnectionSelector http1, Duration maxRead, Duration maxWrite) {
    this.http1 = http1;
    this.bounds = new Bounds(maxRead, maxWrite, new BoundedLog(LOG));
  }

  /**
   * Tells the connection of a request when its head has come.
   *
   * @param handler what answers it
   */
  static Handler watched(Handler handler) {
    return (request, response) -> {
      if (SERVED.isBound()) { // and no other server's
        SERVED.get().reader().headIsWhole();
      }
      handler.handle(request, response);
    };
  }

  /**
   * Whether the connection that this thread serves has read so many bytes of what comes next; not
   * when nobody knows how many, -1.
   */
  static boolean hasRead(long bytes) {
    return bytes >= 0 && SERVED.isBound() && SERVED.get().reader().hasRead(bytes);
  }

  @Override
  public int bytesToIdentifyConnection() {
    return 0;
  }

  /** Whatever comes is HTTP/1.1, or gets that protocol's answer to a bad request. */
  @Override
  public Support supports(BufferData data) {
    return Support.SUPPORTED;
  }

  @Override
  public Set<String> supportedApplicationProtocols() {
    return http1.supportedApplicationProtocols();
  }

  @Override
  public ServerConnection connection(ConnectionContext context) {
    GuardedWriter writer = new GuardedWriter(context.dataWriter());
    GuardedConnection guarded = new GuardedConnection(context.serverSocket(), writer, bounds);
    GuardedReader reader =
        new GuardedReader(context.dataReader(), context.serverSocket(), guarded::canInterrupt);
    guarded.start(http1.connection(new GuardedContext(context, reader, writer)), reader);
    return guarded;
  }

  /** A connection of the server, watched. */
  private static final class GuardedConnection
      implements ServerConnection, InterruptableTask<Void> {
    private final HelidonSocket socket;
    private final @Nullable SocketAddress peer;
    private final GuardedWriter writer;
    private final Bounds bounds;
    private volatile @Nullable ServerConnection connection;
    private volatile @Nullable GuardedReader reader;
    private volatile boolean lingering;

    GuardedConnection(HelidonSocket socket, GuardedWriter writer, Bounds bounds) {
      this.socket = socket;
      this.peer = socket.remotePeer().address();
      this.writer = writer;
      this.bounds = bounds;
    }

    void start(ServerConnection newConnection, GuardedReader newReader) {
      connection = newConnection;
      reader = newReader;
    }

    private ServerConnection connection() {
      ServerConnection started = connection;
      if (started == null) {
        throw new IllegalStateException("not started");
      }
      return started;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
      try {
        serve(limit);
      } catch (LingeringCloseException e) {
        lingering = true;
        reader().drain(LINGER);
        throw e;
      } finally {
        sayGoodbye();
      }
    }

    /** Answers are made in this thread, and what of them is ours finds its connection by it. */
    private void serve(Limit limit) throws InterruptedException {
      ScopedValue.CallableOp<Boolean, InterruptedException> all =
          () -> {
            connection().handle(limit);
            return true;
          };
      boolean _ = ScopedValue.where(SERVED, this).where(GuardedWriter.HERE, writer).call(all);
    }

    /** The server does this where nothing watches, and a peer that reads nothing holds it up. */
    private void sayGoodbye() {
      if (!socket.isSecure()) {
        return;
      }
      try {
        writer.closing(socket::close);
      } catch (UncheckedIOException e) {
        LOG.log(Level.TRACE, "the peer has closed", e);
      }
    }

    /** While a request is answered none: the server counts from the moment that it came. */
    @Override
    public Duration idleTime() {
      boolean stalled = stalledRead() != null || writer.isStill(bounds.maxWrite);
      return stalled ? STALLED : canInterrupt() ? connection().idleTime() : Duration.ZERO;
    }

    @Override
    public void close(boolean interrupt) {
      boolean _ = writer.cutWhenStill(bounds.maxWrite, this::closedWhenStill);
      SocketWait read = stalledRead();
      if (read != null) {
        boolean _ = read.cut(lingering ? () -> {} : () -> closed("did not go on with its request"));
      }
      if (interrupt || !canInterrupt()) {
        if (interrupt && !canInterrupt()) {
          closed("has a request under way, and the node stops");
        }
        connection().close(interrupt);
      } else {
        endWait();
      }
    }

    /**
     * Ends the wait for a request. The server would interrupt its thread, whatever that does by
     * then: a request that has just come would be cut, and the file that it reads closed.
     */
    private void endWait() {
      GuardedReader watched = reader;
      SocketWait wait = watched == null ? null : watched.underWay();
      if (wait != null) {
        boolean _ = wait.cut(() -> {});
      }
    }

    private void closedWhenStill() {
      closed("took nothing of its answer for " + Durations.format(bounds.maxWrite));
    }

    private void closed(String why) {
      bounds.log.say(
          Level.WARNING,
          "the connection of " + PeerAddress.host(peer) + " is closed: it " + why,
          null);
    }

    /** Whether it waits for a request line. */
    @Override
    public boolean canInterrupt() {
      return !(connection() instanceof InterruptableTask<?> task) || task.canInterrupt();
    }

    private GuardedReader reader() {
      GuardedReader started = reader;
      if (started == null) {
        throw new IllegalStateException("not started");
      }
      return started;
    }

    private @Nullable SocketWait stalledRead() {
      GuardedReader watched = reader;
      GuardedReader.Read read = watched == null ? null : watched.underWay();
      if (watched == null || read == null) {
        return null;
      }
      if (isHeadLate(watched)) {
        return read;
      }
      long nanos = read.nanos();
      boolean bounded = read.isHandshake() || !canInterrupt();
      boolean stalled =
          lingering ? nanos > LINGER.toNanos() : nanos > bounds.maxRead.toNanos() && bounded;
      return stalled ? read : null;
    }

    private boolean isHeadLate(GuardedReader watched) {
      long since = watched.headSince();
      return since != 0 && System.nanoTime() - since > MAX_HEAD_SILENCES * bounds.maxRead.toNanos();
    }
  }

  /** The server's context of a connection, with another reader and writer. */
  private record GuardedContext(
      ConnectionContext context, DataReader dataReader, DataWriter dataWriter)
      implements ConnectionContext {
    @Override
    public ListenerContext listenerContext() {
      return context.listenerContext();
    }

    @Override
    public ExecutorService executor() {
      return context.executor();
    }

    @Override
    public Router router() {
      return context.router();
    }

    @Override
    public Optional<ProxyProtocolData> proxyProtocolData() {
      return context.proxyProtocolData();
    }

    @Override
    public HelidonSocket serverSocket() {
      return context.serverSocket();
    }

    @Override
    public PeerInfo remotePeer() {
      return context.remotePeer();
    }

    @Override
    public PeerInfo localPeer() {
      return context.localPeer();
    }

    @Override
    public boolean isSecure() {
      return context.isSecure();
    }

    @Override
    public String socketId() {
      return context.socketId();
    }

    @Override
    public String childSocketId() {
      return context.childSocketId();
    }
  }
}
