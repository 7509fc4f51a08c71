package dev.limpet.node.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of a multipart body as they come (RFC 2046, section 5.1). Holds one buffer: a
 * part is a stream within it, and what of it was not read is passed over when the next is asked
 * for. Everything in it is a stranger's.
 *
 * <p>A delimiter is a line break, two hyphens and the boundary, so the body is read as if one came
 * before its first byte. It is looked for from its last byte backwards (Horspool), which looks at
 * one byte of some sixty. That an octet is not in the delimiter at all, as most, is a branch of its
 * own, which the processor foresees: it looks at the next one before this one has come. As a sum it
 * waits for each.
 *
 * <p>Not for use by several threads.
 */
final class Multipart {
  /** Parts of one body: files and directories of one upload. */
  static final int MAX_BODY_PARTS = 1_000_000;

  /** Lines before the bytes of a part; a name takes three characters a byte. */
  static final int MAX_PART_HEAD_BYTES = 32 << 10;

  /** The longest boundary there may be (RFC 2046, section 5.1.1). */
  static final int MAX_BOUNDARY_CHARS = 70;

  private static final int BUFFER_BYTES = 128 << 10;
  private static final int OCTETS = 256;

  private final InputStream in;
  private final byte[] delimiter;
  private final int[] skips = new int[OCTETS];

  /** Octets that the delimiter does not have. */
  private final boolean[] absent = new boolean[OCTETS];

  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int from;
  private int to;

  /** Behind the last byte that is known to be the part's. */
  private int known;

  /** Whether a delimiter begins at {@link #known}. */
  private boolean found;

  private int parts;
  private boolean ended;

  /**
   * A body.
   *
   * @param boundary 1 to {@value #MAX_BOUNDARY_CHARS} characters
   */
  Multipart(InputStream in, String boundary) {
    this.in = in;
    this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    Arrays.fill(skips, delimiter.length);
    Arrays.fill(absent, true);
    for (byte octet : delimiter) {
      absent[octet & 0xff] = false;
    }
    for (int i = 0; i < delimiter.length - 1; i++) {
      skips[delimiter[i] & 0xff] = delimiter.length - 1 - i;
    }
    buffer[0] = '\r';
    buffer[1] = '\n';
    to = 2;
  }

  /**
   * The boundary that a media type names.
   *
   * @return it, or an empty text when this is no multipart type with a boundary that can be
   */
  static String boundary(String contentType) {
    HeaderParameters type = HeaderParameters.parse(contentType);
    String boundary = type.get("boundary");
    boolean usable =
        boundary.length() <= MAX_BOUNDARY_CHARS
            && boundary.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    return type.value().startsWith("multipart/") && usable ? boundary : "";
  }

  /**
   * The next part.
   *
   * @return it, or null behind the last one
   * @throws RpcException when this is no multipart body, or has too many parts or too large heads
   * @throws IOException when the body does not come
   */
  @Nullable Part next() throws IOException {
    if (ended) {
      return null;
    }
    skipPart();
    from = known + delimiter.length;
    found = false;
    known = from;
    if (isLast()) {
      ended = true;
      drain();
      return null;
    }
    if (++parts > MAX_BODY_PARTS) {
      throw RpcException.failed("a body has at most " + MAX_BODY_PARTS + " parts");
    }
    return new Part(head(), new PartStream());
  }

  private void skipPart() throws IOException {
    while (!search()) {
      from = known;
      fill();
    }
  }

  /** Behind the delimiter: two hyphens at the end, else blanks and a line break. */
  private boolean isLast() throws IOException {
    require(2);
    if (buffer[from] == '-' && buffer[from + 1] == '-') {
      return true;
    }
    int blanks = 0;
    while (buffer[from] == ' ' || buffer[from] == '\t') {
      from++;
      require(2);
      if (++blanks > MAX_BOUNDARY_CHARS) {
        throw malformed("blanks without an end");
      }
    }
    if (buffer[from] != '\r' || buffer[from + 1] != '\n') {
      throw malformed("no line break behind a boundary");
    }
    from += 2;
    return false;
  }

  /** What follows the last boundary means nothing, but a body is read to its end. */
  private void drain() throws IOException {
    long bytes = 0;
    for (int read = 0; read >= 0; read = in.read(buffer, 0, buffer.length)) {
      bytes += read;
      if (bytes > BUFFER_BYTES) {
        throw malformed("more behind the last boundary than anyone sends");
      }
    }
  }

  private Map<String, String> head() throws IOException {
    Map<String, String> lines = new HashMap<>();
    int bytes = 0;
    while (true) {
      String line = line(MAX_PART_HEAD_BYTES - bytes);
      bytes += line.length() + 2;
      if (line.isEmpty()) {
        known = from;
        return lines;
      }
      int colon = line.indexOf(':');
      if (colon <= 0 || line.charAt(0) == ' ' || line.charAt(0) == '\t') {
        throw RpcException.failed("malformed MIME header line");
      }
      String name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      lines.putIfAbsent(name, line.substring(colon + 1).strip());
    }
  }

  /** Names in heads are UTF-8, as clients write them. */
  private String line(int maxBytes) throws IOException {
    int length = 0;
    while (true) {
      require(length + 2);
      if (buffer[from + length] == '\r' && buffer[from + length + 1] == '\n') {
        String line = new String(buffer, from, length, StandardCharsets.UTF_8);
        from += length + 2;
        return line;
      }
      if (++length > maxBytes) {
        throw RpcException.failed(
            "the head of a part has more than " + MAX_PART_HEAD_BYTES + " bytes");
      }
    }
  }

  private void require(int bytes) throws IOException {
    while (to - from < bytes) {
      fill();
    }
  }

  /**
   * Reads more behind what is there, all of which from {@link #from} on is kept.
   *
   * @throws RpcException when nothing more comes
   */
  private void fill() throws IOException {
    if (from > 0) {
      System.arraycopy(buffer, from, buffer, 0, to - from);
      known -= from;
      to -= from;
      from = 0;
    }
    int read = in.read(buffer, to, buffer.length - to);
    if (read < 0) {
      throw RpcException.failed("multipart: NextPart: unexpected EOF");
    }
    to += read;
  }

  private static RpcException malformed(String why) {
    return RpcException.failed("malformed multipart body: " + why);
  }

  /**
   * Looks for the delimiter in what is there, from {@link #known} on, and moves that to where it
   * begins, or could begin with what comes next.
   *
   * @return whether it was found
   */
  private boolean search() {
    if (found) {
      return true;
    }
    int last = delimiter.length - 1;
    int at = known + last;
    while (at < to) {
      int octet = buffer[at] & 0xff;
      if (absent[octet]) {
        at += delimiter.length;
        continue;
      }
      if (octet == (delimiter[last] & 0xff) && matches(at - last)) {
        known = at - last;
        found = true;
        return true;
      }
      at += skips[octet];
    }
    known = Math.max(known, Math.min(at - last, to));
    return false;
  }

  private boolean matches(int at) {
    return Arrays.equals(buffer, at, at + delimiter.length, delimiter, 0, delimiter.length);
  }

  /** The bytes of the part that is read now. */
  private final class PartStream extends InputStream {
    private final int part = parts;

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (part != parts || ended) {
        throw new IllegalStateException("another part is read already");
      }
      if (length == 0) {
        return 0;
      }
      while (from == known) {
        if (search() && from == known) {
          return -1;
        }
        if (from == known) {
          fill();
        }
      }
      int count = Math.min(length, known - from);
      System.arraycopy(buffer, from, target, offset, count);
      from += count;
      return count;
    }
  }
}
