package dev.limpet.testkit.relay;

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
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands on a free loopback port between a client and a server that speak HTTP/1.1 or any other
 * protocol over TCP. It counts the bytes that pass, and it can refuse connections, cut them after
 * so many bytes, change a byte, or hold everything back. All settings may change while it runs.
 */
public final class Relay implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Relay.class.getName());
  private static final int BUFFER_BYTES = 16 << 10;
  private static final long NEVER = Long.MAX_VALUE;

  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong toClient = new AtomicLong();
  private final AtomicLong bodyBytes = new AtomicLong();
  private final AtomicInteger connections = new AtomicInteger();
  private final Object gate = new Object();
  private volatile URI target;
  private volatile boolean refusing;
  private volatile long cutAt = NEVER;
  private volatile long corruptAt = NEVER;
  private boolean held;

  private Relay(ServerSocket listener, URI target) {
    this.listener = listener;
    this.target = target;
  }

  /** A relay to the host and port of {@code target}. */
  public static Relay to(URI target) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Relay relay = new Relay(listener, target);
      Thread.ofVirtual().name("relay-accept").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients connect. */
  public URI url() {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort());
  }

  /** Leads new connections to another host and port: the server has moved. */
  public void leadTo(URI server) {
    target = server;
  }

  /** Bytes that went from the server to clients. */
  public long bytesToClient() {
    return toClient.get();
  }

  /** Bytes of HTTP bodies that went from the server to clients, without heads and framing. */
  public long bodyBytesToClient() {
    return bodyBytes.get();
  }

  /** Connections that clients made. */
  public int connections() {
    return connections.get();
  }

  /** Whether new connections are closed at once. */
  public void refuse(boolean on) {
    refusing = on;
  }

  /** Resets each connection when so many bytes have gone to its client; negative: never. */
  public void cutAfter(long bytes) {
    cutAt = bytes < 0 ? NEVER : bytes;
  }

  /** Flips a bit of that byte of what each connection sends to its client; negative: never. */
  public void corrupt(long position) {
    corruptAt = position < 0 ? NEVER : position;
  }

  /** Holds everything back, or lets it go on. */
  public void hold(boolean on) {
    synchronized (gate) {
      held = on;
      gate.notifyAll();
    }
  }

  /** Resets every connection now. */
  public void cut() {
    open.forEach(Relay::reset);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        connections.incrementAndGet();
        if (refusing) {
          reset(client);
        } else {
          join(client);
        }
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "no more connections", e);
      }
    }
  }

  private void join(Socket client) {
    try {
      URI to = target;
      Socket server = new Socket(to.getHost(), to.getPort());
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      open.add(client);
      open.add(server);
      Thread.ofVirtual().name("relay-up").start(() -> up(client, server));
      Thread.ofVirtual().name("relay-down").start(() -> down(server, client));
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the server does not answer", e);
      reset(client);
    }
  }

  private void up(Socket client, Socket server) {
    try {
      InputStream in = client.getInputStream();
      OutputStream out = server.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitOpen();
        out.write(buffer, 0, n);
      }
      server.shutdownOutput();
    } catch (IOException e) {
      end(client, server, e);
    }
  }

  private void down(Socket server, Socket client) {
    BodyMeter meter = new BodyMeter();
    long passed = 0;
    try {
      InputStream in = server.getInputStream();
      OutputStream out = client.getOutputStream();
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        awaitOpen();
        if (corruptAt >= passed && corruptAt < passed + n) {
          buffer[(int) (corruptAt - passed)] ^= 1;
        }
        int passing = (int) Math.min(n, Math.max(0, cutAt - passed));
        count(meter, buffer, passing);
        out.write(buffer, 0, passing);
        passed += passing;
        if (passed >= cutAt) {
          throw new IOException("cut as the test wants");
        }
      }
      client.shutdownOutput();
    } catch (IOException e) {
      end(client, server, e);
    }
  }

  private void count(BodyMeter meter, byte[] buffer, int length) {
    long before = meter.bodyBytes();
    meter.follow(buffer, length);
    bodyBytes.addAndGet(meter.bodyBytes() - before);
    toClient.addAndGet(length);
  }

  private void awaitOpen() throws IOException {
    synchronized (gate) {
      while (held) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          throw new IOException(e);
        }
      }
    }
  }

  private void end(Socket client, Socket server, IOException why) {
    LOG.log(Level.DEBUG, "a relayed connection ended", why);
    reset(client);
    reset(server);
    open.remove(client);
    open.remove(server);
  }

  private static void reset(Socket socket) {
    try {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a socket did not close", e);
    }
  }

  /** Stops listening and resets every connection. */
  @Override
  public void close() {
    hold(false);
    try {
      listener.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the listener did not close", e);
    }
    cut();
  }
}
