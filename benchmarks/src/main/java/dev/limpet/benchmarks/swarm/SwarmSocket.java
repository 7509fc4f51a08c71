package dev.limpet.benchmarks.swarm;

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

/** A node's connection to its gateway, kept alive: JSON there, JSON or nothing back. */
final class SwarmSocket implements AutoCloseable {
  private static final int MAX_LINE_BYTES = 16 << 10;

  private final Socket socket = new Socket();
  private final InputStream in;
  private final OutputStream out;
  private final String authority;

  SwarmSocket(URI gateway) throws IOException {
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(gateway.getHost(), gateway.getPort()));
    in = new BufferedInputStream(socket.getInputStream(), 4 << 10);
    out = socket.getOutputStream();
    authority = gateway.getAuthority();
  }

  /** Sends a request and reads the body of its answer; another than 2xx is an error. */
  byte[] send(String start, String token, byte[] json) throws IOException {
    String head =
        start
            + " HTTP/1.1\r\nHost: "
            + authority
            + "\r\nContent-Length: "
            + json.length
            + (token.isEmpty() ? "" : "\r\nAuthorization: Bearer " + token)
            + (json.length == 0 ? "" : "\r\nContent-Type: application/json")
            + "\r\n\r\n";
    byte[] request = new byte[head.length() + json.length];
    System.arraycopy(head.getBytes(StandardCharsets.US_ASCII), 0, request, 0, head.length());
    System.arraycopy(json, 0, request, head.length(), json.length);
    out.write(request);
    String status = line();
    int length = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring("content-length:".length()).strip());
      }
    }
    byte[] body = in.readNBytes(length);
    if (!status.startsWith("HTTP/1.1 2")) {
      throw new IOException(status + ": " + new String(body, StandardCharsets.UTF_8));
    }
    return body;
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
