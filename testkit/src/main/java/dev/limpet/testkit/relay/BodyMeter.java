package dev.limpet.testkit.relay;

/**
 * Follows the answers of one HTTP/1.1 connection byte by byte and counts those of their bodies:
 * heads, chunk sizes, line ends and trailers are left out. Only what our servers send is
 * understood: a body has a length or chunks, or there is none.
 */
final class BodyMeter {
  private enum State {
    HEAD,
    LENGTH,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILERS
  }

  private final StringBuilder line = new StringBuilder();
  private State state = State.HEAD;
  private boolean chunked;
  private long left;
  private long bodyBytes;
  private int status;

  /** Follows the next bytes of the connection. */
  void follow(byte[] bytes, int length) {
    int at = 0;
    while (at < length) {
      if (state == State.LENGTH || state == State.CHUNK) {
        int taken = (int) Math.min(left, length - at);
        bodyBytes += taken;
        left -= taken;
        at += taken;
        if (left == 0) {
          state = state == State.LENGTH ? State.HEAD : State.CHUNK_END;
        }
      } else {
        byte b = bytes[at++];
        if (b == '\n') {
          line(line.toString());
          line.setLength(0);
        } else if (b != '\r') {
          line.append((char) b);
        }
      }
    }
  }

  private void line(String text) {
    switch (state) {
      case HEAD -> head(text);
      case CHUNK_SIZE -> {
        left = Long.parseLong(text, 16);
        state = left == 0 ? State.TRAILERS : State.CHUNK;
      }
      case CHUNK_END -> state = State.CHUNK_SIZE;
      case TRAILERS -> state = text.isEmpty() ? State.HEAD : State.TRAILERS;
      case LENGTH, CHUNK -> throw new IllegalStateException("a body has no lines");
    }
  }

  private void head(String text) {
    String lower = text.toLowerCase(java.util.Locale.ROOT);
    if (lower.startsWith("http/1.1 ")) {
      status = Integer.parseInt(text.substring(9, 12));
      chunked = false;
      left = 0;
    } else if (lower.startsWith("content-length:")) {
      left = Long.parseLong(text.substring(15).strip());
    } else if (lower.startsWith("transfer-encoding:")) {
      chunked = true;
    } else if (text.isEmpty()) {
      boolean none = status < 200 || status == 204 || status == 304;
      state = none ? State.HEAD : chunked ? State.CHUNK_SIZE : afterHead();
    }
  }

  private State afterHead() {
    return left == 0 ? State.HEAD : State.LENGTH;
  }

  /** Bytes of bodies so far. */
  long bodyBytes() {
    return bodyBytes;
  }
}
