package dev.limpet.node.retrieval;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The status and the header lines of an answer (RFC 9112).
 *
 * @param status of three digits
 * @param persistent whether the connection may serve another request afterwards (section 9.3)
 * @param lines by name in lower case; of several of one name the last, of {@code connection} all
 */
public record AnswerHead(int status, boolean persistent, Map<String, String> lines) {
  /** Gateways send some 2 KiB. */
  static final int MAX_HEAD_BYTES = 32 << 10;

  /** Heads before the answer's own (103 Early Hints). */
  static final int MAX_INTERIM_HEADS = 8;

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.([01]) ([1-5][0-9]{2})(?: .*)?");
  private static final String CONNECTION = "connection";
  private static final Pattern CLOSE = Pattern.compile("(?i)(^|,)\\s*close\\s*(,|$)");
  private static final int FIRST_FINAL = 200;

  /**
   * Reads the head of the answer itself.
   *
   * @throws IOException when it is none, or too large
   */
  public static AnswerHead read(InputStream in) throws IOException {
    for (int heads = 0; heads <= MAX_INTERIM_HEADS; heads++) {
      AnswerHead head = readOne(in);
      if (head.status >= FIRST_FINAL) {
        return head;
      }
    }
    throw new IOException("it sends one head after the other");
  }

  private static AnswerHead readOne(InputStream in) throws IOException {
    Lines from = new Lines(in, MAX_HEAD_BYTES);
    Matcher first = STATUS.matcher(from.next());
    if (!first.matches()) {
      throw new IOException("it does not speak HTTP/1.1");
    }
    Map<String, String> lines = fields(from);
    boolean persistent =
        first.group(1).equals("1") && !CLOSE.matcher(lines.getOrDefault(CONNECTION, "")).find();
    return new AnswerHead(Integer.parseInt(first.group(2)), persistent, lines);
  }

  /** Header lines, up to the empty one. */
  static Map<String, String> fields(Lines from) throws IOException {
    Map<String, String> lines = new HashMap<>();
    for (String line = from.next(); !line.isEmpty(); line = from.next()) {
      int colon = line.indexOf(':');
      if (colon <= 0) {
        throw new IOException("it sends a header line without a name");
      }
      String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
      boolean all = name.equals(CONNECTION);
      String value = line.substring(colon + 1).strip();
      lines.merge(name, value, (before, last) -> all ? before + "," + last : last);
    }
    return lines;
  }

  /** The value of a header line; null without it. */
  public @Nullable String line(String name) {
    return lines.get(name);
  }

  /** Reads lines that end with CRLF or LF, so many bytes altogether. */
  static final class Lines {
    private final InputStream in;
    private int left;

    Lines(InputStream in, int most) {
      this.in = in;
      this.left = most;
    }

    String next() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int next = in.read(); next != '\n'; next = in.read()) {
        if (next < 0) {
          throw new IOException("it closed the connection in the middle of its answer");
        }
        if (--left <= 0) {
          throw new IOException("its head is too large");
        }
        line.append((char) next);
      }
      left--;
      int end = line.length();
      return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
    }
  }
}
