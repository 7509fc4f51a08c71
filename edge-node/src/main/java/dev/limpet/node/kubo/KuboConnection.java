package dev.limpet.node.kubo;

import dev.limpet.node.retrieval.NamedTls;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** One connection to a Kubo, which serves one call after the other. */
final class KuboConnection implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(KuboConnection.class.getName());
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final int BUFFER_BYTES = 1 << 16;

  private final Socket socket;
  private final @Nullable GatheredInput gathered;
  private final InputStream in;
  private final OutputStream out;

  private KuboConnection(Socket socket, boolean gathers) throws IOException {
    this.socket = socket;
    InputStream sent = socket.getInputStream();
    this.gathered = gathers ? new GatheredInput(sent) : null;
    this.in = new BufferedInputStream(gathered == null ? sent : gathered, BUFFER_BYTES);
    this.out = socket.getOutputStream();
  }

  /**
   * Connects.
   *
   * @param silence how long Kubo may send nothing while an answer is waited for
   * @param gathers whether it sends in small pieces, which are read several at once
   */
  static KuboConnection open(KuboAddress address, Duration silence, boolean gathers)
      throws IOException {
    Socket plain = new Socket(Proxy.NO_PROXY);
    try {
      String host = address.url().getHost();
      plain.connect(new InetSocketAddress(host, address.port()), (int) CONNECT.toMillis());
      plain.setTcpNoDelay(true);
      plain.setSoTimeout((int) silence.toMillis());
      Socket socket = address.isSecure() ? secured(plain, host, address) : plain;
      return new KuboConnection(socket, gathers);
    } catch (IOException e) {
      plain.close();
      throw e;
    }
  }

  private static Socket secured(Socket plain, String host, KuboAddress address) throws IOException {
    SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return NamedTls.over(plain, host, address.port(), factory);
  }

  void send(byte[] head, byte[] body) throws IOException {
    if (gathered != null) {
      gathered.begin();
    }
    out.write(head);
    out.write(body);
    out.flush();
  }

  InputStream in() {
    return in;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection did not close", e);
    }
  }
}
