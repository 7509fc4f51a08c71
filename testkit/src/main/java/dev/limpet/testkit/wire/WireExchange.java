package dev.limpet.testkit.wire;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One request that reached a {@link WireServer}, and every way to treat it. */
public final class WireExchange {
  private final Socket socket;
  private final WireHead head;
  private final InputStream body;
  private final OutputStream out;
  private boolean closed;

  WireExchange(Socket socket, WireHead head, InputStream body, OutputStream out) {
    this.socket = socket;
    this.head = head;
    this.body = body;
    this.out = out;
  }

  /** The request line and headers. */
  public WireHead head() {
    return head;
  }

  /** The request's body; what is not read is skipped before the next request. */
  public InputStream body() {
    return body;
  }

  /** The request's body as text. */
  public String bodyText() throws IOException {
    return new String(body.readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Answers with a body of known length; each of {@code lines} is a header line. */
  public void answer(int status, String text, String... lines) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    StringBuilder message = head(status, lines);
    message.append("Content-Length: ").append(bytes.length).append("\r\n\r\n");
    out.write(message.toString().getBytes(StandardCharsets.ISO_8859_1));
    out.write(bytes);
    out.flush();
  }

  /** Sends the head of a chunked answer. */
  public void begin(int status, String... lines) throws IOException {
    raw(head(status, lines).append("Transfer-Encoding: chunked\r\n\r\n").toString());
  }

  private static StringBuilder head(int status, String... lines) {
    StringBuilder message = new StringBuilder("HTTP/1.1 " + status + " Scripted\r\n");
    for (String line : lines) {
      message.append(line).append("\r\n");
    }
    return message;
  }

  /** Sends one chunk. */
  public void chunk(byte[] bytes) throws IOException {
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  /** Sends one chunk of text. */
  public void chunk(String text) throws IOException {
    chunk(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends a chunked answer; each of {@code trailers} is a line. */
  public void end(String... trailers) throws IOException {
    StringBuilder message = new StringBuilder("0\r\n");
    for (String line : trailers) {
      message.append(line).append("\r\n");
    }
    raw(message.append("\r\n").toString());
  }

  /** Sends text as it is. */
  public void raw(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /** Ends the connection cleanly, wherever the answer is. */
  public void close() {
    closed = true;
    Wire.close(socket);
  }

  /** Ends the connection with a reset. */
  public void reset() {
    closed = true;
    Wire.reset(socket);
  }

  /** Waits until the peer has closed its side; what it sends meanwhile is thrown away. */
  public void awaitPeerGone() {
    try {
      while (socket.getInputStream().read() >= 0) {
        Thread.onSpinWait();
      }
    } catch (IOException e) {
      closed = true;
    }
  }

  boolean isClosed() {
    return closed || socket.isClosed();
  }
}
