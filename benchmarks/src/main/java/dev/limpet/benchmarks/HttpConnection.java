package dev.limpet.benchmarks;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A keep-alive connection over a plain socket, so that asking costs little beside the answer. */
public final class HttpConnection implements AutoCloseable {
  private static final int MAX_LINE_BYTES = 16 << 10;
  private static final int BUFFER_BYTES = 64 << 10;

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  HttpConnection(URI server) throws IOException {
    this(server, BUFFER_BYTES);
  }

  /**
   * Connects.
   *
   * @param bufferBytes what is read ahead at most
   */
  public HttpConnection(URI server, int bufferBytes) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    in = new BufferedInputStream(socket.getInputStream(), bufferBytes);
    out = socket.getOutputStream();
  }

  /** A GET as bytes. */
  static byte[] get(URI server, String target) {
    return ascii("GET " + target + " HTTP/1.1\r\nHost: " + server.getAuthority() + "\r\n\r\n");
  }

  /** A POST as bytes. */
  static byte[] post(URI server, String target, byte[] body) {
    return request(server, "POST " + target, "Content-Type: application/octet-stream\r\n", body);
  }

  /**
   * A request with its length as bytes.
   *
   * @param start method and target
   * @param headers lines besides {@code Host} and {@code Content-Length}, each with its end
   * @param body may be empty
   */
  public static byte[] request(URI server, String start, String headers, byte[] body) {
    String head =
        start
            + " HTTP/1.1\r\nHost: "
            + server.getAuthority()
            + "\r\n"
            + headers
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    byte[] request = new byte[head.length() + body.length];
    System.arraycopy(ascii(head), 0, request, 0, head.length());
    System.arraycopy(body, 0, request, head.length(), body.length);
    return request;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a request, and leaves its answer unread. */
  void send(byte[] request) throws IOException {
    out.write(request);
  }

  /**
   * Sends a request and reads its answer to the end.
   *
   * @return bytes of the body
   * @throws IOException also when the answer is another than 200
   */
  long exchange(byte[] request) throws IOException {
    out.write(request);
    String status = line();
    if (!status.contains(" 200 ")) {
      throw new IOException("answered " + status);
    }
    return rest();
  }

  /**
   * Sends a request and reads its answer, which says its length or has no body.
   *
   * @return the body
   * @throws EOFException when the connection ended before the headers of the answer did
   * @throws IOException also when the answer is another than 2xx
   */
  public byte[] body(byte[] request) throws IOException {
    out.write(request);
    String status = line();
    byte[] body = in.readNBytes(Math.toIntExact(Math.max(0, length())));
    if (!status.startsWith("HTTP/1.1 2")) {
      throw new IOException(status + ": " + new String(body, StandardCharsets.UTF_8));
    }
    return body;
  }

  private long rest() throws IOException {
    long length = length();
    if (length >= 0) {
      in.skipNBytes(length);
      return length;
    }
    return skipChunks();
  }

  /** Reads the headers; -1 when none says the length. */
  private long length() throws IOException {
    long length = -1;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(lower.substring(15).strip());
      }
    }
    return length;
  }

  private long skipChunks() throws IOException {
    long all = 0;
    long size = Long.parseLong(line().split(";", 2)[0].strip(), 16);
    while (size > 0) {
      all += size;
      in.skipNBytes(size + 2);
      size = Long.parseLong(line().split(";", 2)[0].strip(), 16);
    }
    String trailer = line();
    while (!trailer.isEmpty()) {
      trailer = line();
    }
    return all;
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0 || line.length() > MAX_LINE_BYTES) {
        throw new EOFException("the answer broke off");
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
