package dev.limpet.gateway.call;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.limpet.protocol.tls.Authorities;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** Frames of HTTP/2 (RFC 9113) as a test writes them, to do what no client would. */
final class RawHttp2 implements AutoCloseable {
  static final int HEADERS = 1;
  static final int RESET = 3;
  static final int SETTINGS = 4;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;

  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;
  private static final int PRIORITY = 0x20;
  private static final int ACK = 1;

  private final SSLSocket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder();

  /** What the other side sent. */
  record Frame(int type, int flags, int stream, byte[] payload) {
    /** The error code of a reset or a goodbye. */
    int error() {
      int at = type == GOAWAY ? 4 : 0;
      return ByteBuffer.wrap(payload).getInt(at);
    }

    private byte[] block() {
      int from = (flags & PRIORITY) == 0 ? 0 : 5;
      return Arrays.copyOfRange(payload, from, payload.length);
    }
  }

  /** The status that the next answer begins with, and its stream. */
  String nextStatus() throws Exception {
    Frame head = next(HEADERS);
    if (head == null) {
      throw new AssertionError("closed before an answer");
    }
    CharSequence status =
        decoder.decodeHeaders(head.stream, Unpooled.wrappedBuffer(head.block())).status();
    return head.stream + ": " + status;
  }

  private RawHttp2(SSLSocket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(socket.getInputStream());
    this.out = socket.getOutputStream();
  }

  /** Shakes hands and says the preface. */
  static RawHttp2 connect(int port, Authorities authorities) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            authorities
                .context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    RawHttp2 connection = new RawHttp2(socket);
    connection.out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII));
    connection.frame(SETTINGS, 0, 0, new byte[0]);
    return connection;
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int length = payload.length;
    bytes.writeBytes(
        new byte[] {(byte) (length >> 16), (byte) (length >> 8), (byte) length, (byte) type});
    bytes.write(flags);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(stream).array());
    bytes.writeBytes(payload);
    out.write(bytes.toByteArray());
    out.flush();
  }

  /** A request without a body. */
  void get(int stream, String target, String... lines) throws IOException {
    frame(HEADERS, END_HEADERS | END_STREAM, stream, head("GET", target, lines));
  }

  /** The head of a request, each line {@code name: value}, packed as RFC 7541 allows simplest. */
  static byte[] head(String method, @Nullable String target, String... lines) {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    literal(head, ":method", method);
    if (target != null) {
      literal(head, ":scheme", "https");
      literal(head, ":path", target);
    }
    literal(head, ":authority", "localhost");
    for (String line : lines) {
      int colon = line.indexOf(": ");
      literal(head, line.substring(0, colon), line.substring(colon + 2));
    }
    return head.toByteArray();
  }

  private static void literal(ByteArrayOutputStream head, String name, String value) {
    head.write(0);
    for (String text : List.of(name, value)) {
      int rest = text.length();
      if (rest < 127) {
        head.write(rest);
      } else {
        head.write(127);
        for (rest -= 127; rest >= 128; rest >>= 7) {
          head.write((rest & 127) | 128);
        }
        head.write(rest);
      }
      head.writeBytes(text.getBytes(US_ASCII));
    }
  }

  /** The next frame that is not about settings; null when the other side has closed. */
  @Nullable Frame next() throws IOException {
    while (true) {
      try {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = in.readNBytes(lengthAndType >>> 8);
        Frame frame = new Frame(lengthAndType & 0xff, flags, stream, payload);
        if (frame.type != SETTINGS) {
          return frame;
        }
        if ((flags & ACK) == 0) {
          frame(SETTINGS, ACK, 0, new byte[0]);
        }
      } catch (EOFException | SocketException e) {
        return null;
      }
    }
  }

  /** The next frame of this type, or null when the other side closes before. */
  @Nullable Frame next(int type) throws IOException {
    Frame frame = next();
    while (frame != null && frame.type != type) {
      frame = next();
    }
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
