package dev.limpet.testkit.wire;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/**
 * A server on a free loopback port that does with each request exactly what a test says, down to
 * the bytes: half answers, resets, endless chunks. Keep-alive, one virtual thread per connection.
 */
public final class WireServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(WireServer.class.getName());

  /** What to do with a request. A failure closes the connection. */
  @FunctionalInterface
  public interface Script {
    /** Reads and answers, or does not. */
    void handle(WireExchange exchange) throws IOException;
  }

  /** Connections that wait to be taken: as many as a gateway opens at once to all of its nodes. */
  private static final int BACKLOG = 256;

  private final ServerSocket server;
  private final Script script;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();

  private WireServer(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
  }

  /** Starts on a free port. */
  public static WireServer start(Script script) {
    return start(0, script);
  }

  /** Starts on a port that was free a moment ago, for a server that comes back. */
  public static WireServer start(int port, Script script) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), BACKLOG);
      return start(socket, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts on a free port with TLS. */
  public static WireServer start(SSLContext tls, Script script) {
    try {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      return start(tls.getServerSocketFactory().createServerSocket(0, BACKLOG, loopback), script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static WireServer start(ServerSocket socket, Script script) {
    WireServer server = new WireServer(socket, script);
    Thread.ofVirtual().name("wire-accept").start(server::accept);
    return server;
  }

  /** Where it listens; certificates of tests name {@code localhost}. */
  public URI url() {
    String base = server instanceof SSLServerSocket ? "https://localhost:" : "http://127.0.0.1:";
    return URI.create(base + server.getLocalPort());
  }

  /** Connections that were ever made to it. */
  public int connections() {
    return connections.get();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        open.add(socket);
        connections.incrementAndGet();
        Thread.ofVirtual().name("wire-serve").start(() -> serve(socket));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "no more connections", e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setTcpNoDelay(true);
      WireReader reader = new WireReader(new BufferedInputStream(socket.getInputStream()));
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      for (WireHead head = reader.head(); head != null; head = reader.head()) {
        InputStream body = reader.body(head, false);
        WireExchange exchange = new WireExchange(socket, head, body, out);
        script.handle(exchange);
        if (exchange.isClosed()) {
          return;
        }
        body.skip(Long.MAX_VALUE);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "a scripted connection ended", e);
    } finally {
      open.remove(socket);
    }
  }

  /** Stops listening and drops every connection. */
  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the listener did not close", e);
    }
    open.forEach(Wire::close);
  }
}
