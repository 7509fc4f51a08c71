package dev.limpet.benchmarks;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection of a {@link LoadLoop} that waits for one answer at a time, and never blocks. */
final class LoadConnection implements AutoCloseable {
  /** Answers that are longer end the load. */
  private static final int MAX_ANSWER_BYTES = 64 << 10;

  private static final String LENGTH = "\r\ncontent-length:";
  private static final String CHUNKED = "\r\ntransfer-encoding: chunked\r\n";
  private static final int HEAD_END = 4;
  private static final int UNKNOWN = -1;
  private static final int STATUS_AT = "HTTP/1.1 ".length();
  private static final int STATUS_DIGITS = 3;

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocateDirect(MAX_ANSWER_BYTES);
  private long meant;
  private long sent;
  private int body; // where it begins; 0 while the head is not here
  private int length; // of the body, or UNKNOWN when it comes in chunks
  private int status;

  LoadConnection(URI server, Selector selector) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(server.getHost(), server.getPort()));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    SelectionKey _ = channel.register(selector, SelectionKey.OP_READ, this);
  }

  /** Sends a request that was meant to start then, on the clock of {@link System#nanoTime}. */
  void send(ByteBuffer request, long meantAt) throws IOException {
    meant = meantAt;
    sent = System.nanoTime();
    int bytes = request.remaining();
    if (channel.write(request.duplicate()) != bytes) {
      throw new IOException("a request is longer than what a socket takes at once");
    }
  }

  long meant() {
    return meant;
  }

  long sent() {
    return sent;
  }

  /** Reads what is there; the status when the answer is complete, 0 until then. */
  int read() throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the answer broke off");
    }
    if (body == 0) {
      readHead();
    }
    if (body == 0 || !isComplete()) {
      if (!in.hasRemaining()) {
        throw new IOException("an answer has more than " + MAX_ANSWER_BYTES + " bytes");
      }
      return 0;
    }
    in.clear();
    body = 0;
    return status;
  }

  private boolean isComplete() {
    return length == UNKNOWN ? areComplete(text(), body) : in.position() >= body + length;
  }

  private String text() {
    byte[] here = new byte[in.position()];
    in.get(0, here);
    return new String(here, StandardCharsets.ISO_8859_1);
  }

  private void readHead() throws IOException {
    String text = text();
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    body = end + HEAD_END;
    status = Integer.parseInt(text, STATUS_AT, STATUS_AT + STATUS_DIGITS, 10);
    String head = text.substring(0, end + 2).toLowerCase(Locale.ROOT);
    int line = head.indexOf(LENGTH);
    if (line >= 0) {
      int from = line + LENGTH.length();
      length = Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)).strip());
    } else if (head.contains(CHUNKED)) {
      length = UNKNOWN;
    } else {
      throw new IOException("an answer does not say where it ends: " + head);
    }
  }

  /**
   * Whether chunks and trailers that begin there have come to their end (RFC 9112, section 7.1).
   */
  private static boolean areComplete(String text, int start) {
    int at = start;
    int line = text.indexOf("\r\n", at);
    while (line >= 0) {
      int size = Integer.parseInt(text, at, line, 16);
      if (size == 0) {
        return text.startsWith("\r\n", line + 2) || text.indexOf("\r\n\r\n", line) >= 0;
      }
      at = line + 2 + size + 2;
      line = at < text.length() ? text.indexOf("\r\n", at) : -1;
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
