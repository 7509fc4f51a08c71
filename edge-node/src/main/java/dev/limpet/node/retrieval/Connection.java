package dev.limpet.node.retrieval;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/**
 * A connection to an address that was checked. Whatever blocks on it ends when its time is over or
 * when it stands still: a timer closes the socket below TLS, because closing TLS itself may block.
 */
final class Connection implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Connection.class.getName());
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket = new Socket(Proxy.NO_PROXY);
  private final ScheduledExecutorService timer;
  private final AtomicLong count = new AtomicLong();
  private final List<Future<?>> alarms = new ArrayList<>();
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private final Set<Connection> open;
  private long before;
  private volatile String ended = "";

  /**
   * Not connected yet.
   *
   * @param timer closes it when it must
   * @param open has it as long as it is not closed
   */
  Connection(ScheduledExecutorService timer, Set<Connection> open) {
    this.timer = timer;
    this.open = open;
    open.add(this);
  }

  /** Closes it after so much time, wherever it is then. */
  void endIn(Duration time, String why) {
    after(time, () -> end(why));
  }

  /** Does something after so much time. */
  void after(Duration time, Runnable work) {
    alarm(timer.schedule(work, time.toNanos(), TimeUnit.NANOSECONDS));
  }

  /** Closes it unless so many bytes come in each window from now on. */
  void keepPace(Duration window, long leastBytes) {
    AtomicLong before = new AtomicLong(count.get());
    long nanos = window.toNanos();
    alarm(
        timer.scheduleAtFixedRate(
            () -> {
              long now = count.get();
              if (now - before.getAndSet(now) < leastBytes) {
                end("it sends too slowly");
              }
            },
            nanos,
            nanos,
            TimeUnit.NANOSECONDS));
  }

  private synchronized void alarm(Future<?> alarm) {
    alarms.add(alarm);
  }

  /** Ends the alarms that were set until now. */
  synchronized void calm() {
    alarms.forEach(alarm -> alarm.cancel(false));
    alarms.clear();
  }

  /** Connects to this address. */
  void open(InetAddress address, TrustlessGateway gateway, Supplier<SSLSocketFactory> tls)
      throws IOException {
    try {
      socket.connect(new InetSocketAddress(address, gateway.port()));
      socket.setTcpNoDelay(true);
      Socket top =
          gateway.isSecure()
              ? NamedTls.over(socket, gateway.host(), gateway.port(), tls.get())
              : socket;
      in = new BufferedInputStream(new Counted(top.getInputStream()), BUFFER_BYTES);
      out = top.getOutputStream();
    } catch (IOException e) {
      throw why(e);
    }
  }

  /** Sends a request. */
  void send(byte[] request) throws IOException {
    before = count.get();
    try {
      out.write(request);
      out.flush();
    } catch (IOException e) {
      throw why(e);
    }
  }

  /** Whether anything came since the last request was sent. */
  boolean isAnswered() {
    return count.get() != before;
  }

  /** Whether it is open, and nothing came that nobody has read. */
  boolean isQuiet() {
    try {
      return ended.isEmpty() && !socket.isClosed() && in.available() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the other side sends. */
  InputStream in() {
    return in;
  }

  /** Closes it for a reason, from another thread. */
  void end(String why) {
    ended = why;
    closeSocket();
  }

  private IOException why(IOException e) {
    return ended.isEmpty() ? e : new IOException(ended, e);
  }

  @Override
  public void close() {
    calm();
    closeSocket();
    open.remove(this);
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection did not close", e);
    }
  }

  private final class Counted extends FilterInputStream {
    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        int read = in.read(target, offset, length);
        count.addAndGet(Math.max(0, read));
        return read;
      } catch (IOException e) {
        throw why(e);
      }
    }
  }
}
