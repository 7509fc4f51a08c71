package dev.limpet.testkit.wire;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection of a caller who writes exactly the bytes that a test says. */
public final class WireClient implements AutoCloseable {
  /** On a busy machine a compiler takes half of it; less than what most test classes are given. */
  private static final Duration PATIENCE = Duration.ofSeconds(50);

  private final Socket socket;
  private final OutputStream out;
  private final WireReader reader;
  private boolean toHead;

  private WireClient(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.reader = new WireReader(new BufferedInputStream(socket.getInputStream()));
  }

  /** Connects to the host and port of {@code url}. */
  public static WireClient connect(URI url) {
    return connect(url, 0);
  }

  /** As above with a small receive buffer, for a caller that reads slowly. */
  public static WireClient connect(URI url, int receiveBufferBytes) {
    try {
      Socket socket = new Socket();
      if (receiveBufferBytes > 0) {
        socket.setReceiveBufferSize(receiveBufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()));
      return new WireClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One request on a connection of its own, the answer read whole. */
  public static WireAnswer ask(URI url, String message) {
    try (WireClient client = connect(url)) {
      return client.send(message).answer();
    }
  }

  /** Writes text as it is; each line ending must be there. */
  public WireClient send(String text) {
    toHead = text.startsWith("HEAD ");
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes bytes as they are. */
  public WireClient send(byte[] bytes) {
    try {
      out.write(bytes);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads the next answer whole, skipping {@code 100 Continue}. */
  public WireAnswer answer() {
    WireHead head = head();
    while (head.status() == 100) {
      head = head();
    }
    return rest(head);
  }

  /** Reads the next head; the body is then read with {@link #body} or {@link #rest}. */
  public WireHead head() {
    try {
      WireHead head = reader.head();
      if (head == null) {
        throw new IOException("the connection ended without an answer");
      }
      return head;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The body that follows {@code head}. */
  public InputStream body(WireHead head) {
    return stream(head);
  }

  private WireReader.BodyStream stream(WireHead head) {
    boolean none = toHead || head.status() == 204 || head.status() == 304;
    WireHead framing = none ? new WireHead("HTTP/1.1 204 none", List.of()) : head;
    return reader.body(framing, !none);
  }

  /** Reads the body that follows {@code head}, or what comes of it. */
  public WireAnswer rest(WireHead head) {
    WireReader.BodyStream body = stream(head);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    boolean cut = false;
    try {
      body.transferTo(whole);
    } catch (IOException e) {
      cut = true;
    }
    return new WireAnswer(head, whole.toString(StandardCharsets.ISO_8859_1), body.trailers(), cut);
  }

  /** Whether the server has closed: nothing more comes, nor was anything left unread. */
  public boolean isEnded() {
    try {
      return reader.isEnded();
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** Says that nothing more will be sent, and goes on reading. */
  public void endOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes away at once, with a reset. */
  public void reset() {
    Wire.reset(socket);
  }

  @Override
  public void close() {
    Wire.close(socket);
  }

  @Override
  public String toString() {
    return "WireClient[" + socket + "]";
  }

  /** The bytes of a request with a body of known length. */
  public static String request(String startLine, @Nullable String body, String... lines) {
    StringBuilder text = new StringBuilder(startLine).append(" HTTP/1.1\r\n");
    boolean host = false;
    for (String line : lines) {
      text.append(line).append("\r\n");
      host |= line.regionMatches(true, 0, "host:", 0, 5);
    }
    if (!host) {
      text.append("Host: localhost\r\n");
    }
    if (body != null) {
      text.append("Content-Length: ").append(body.length()).append("\r\n");
    }
    return text.append("\r\n").append(body == null ? "" : body).toString();
  }
}
