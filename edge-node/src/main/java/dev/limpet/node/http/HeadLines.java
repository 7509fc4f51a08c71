package dev.limpet.node.http;

import dev.limpet.content.cid.Cid;
import io.helidon.common.GenericType;
import io.helidon.common.buffers.BufferData;
import io.helidon.common.mapper.Value;
import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Lines of the platform's own in the head of one answer, written one behind the other into one
 * array and from there to the connection. To the server they are one header, the first of them:
 * each header costs it some objects and two arrays, and an answer of a function has eight of them.
 *
 * <p>The values are made here from what has a type, so that none of them ends its line.
 */
final class HeadLines implements Header, AnswerLines {
  /** All lines of a usual answer. */
  private static final int FIRST_BYTES = 512;

  private static final int LONG_DIGITS = 19;
  private static final int END_BYTES = 2;

  private final LineName name;
  private final String value;
  private byte[] lines = new byte[FIRST_BYTES];
  private int length;

  /** The name of a line, with the bytes that a line begins with. */
  static final class LineName {
    private final HeaderName header;
    private final byte[] begin;

    LineName(String name) {
      this.header = HeaderNames.create(name);
      this.begin = (name + ": ").getBytes(StandardCharsets.US_ASCII);
    }

    /** As the server knows it. */
    HeaderName header() {
      return header;
    }
  }

  /** Begins with a line, which the server finds by its name. */
  HeadLines(LineName name, String value) {
    this.name = name;
    this.value = value;
    text(name, value);
  }

  /** These lines, to which nothing is added, for many answers. */
  HeadLines fixed() {
    lines = Arrays.copyOf(lines, length);
    return this;
  }

  @Override
  public void text(LineName line, String said) {
    int count = said.length();
    begin(line, count);
    for (int i = 0; i < count; i++) {
      char c = said.charAt(i);
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException("a line of ours has printable ASCII alone");
      }
      lines[length++] = (byte) c;
    }
    end();
  }

  @Override
  public void number(LineName line, long count) {
    if (count < 0) {
      throw new IllegalArgumentException("a count is not negative");
    }
    begin(line, LONG_DIGITS);
    int digits = 1;
    for (long rest = count / 10; rest > 0; rest /= 10) {
      digits++;
    }
    long rest = count;
    for (int at = length + digits - 1; at >= length; at--) {
      lines[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    end();
  }

  @Override
  public void cid(LineName line, Cid cid) {
    begin(line, cid.textLength());
    length = cid.writeText(lines, length);
    end();
  }

  private void begin(LineName line, int valueBytes) {
    int needed = length + line.begin.length + valueBytes + END_BYTES;
    if (needed > lines.length) {
      lines = Arrays.copyOf(lines, Math.max(needed, lines.length * 2));
    }
    System.arraycopy(line.begin, 0, lines, length, line.begin.length);
    length += line.begin.length;
  }

  private void end() {
    lines[length++] = '\r';
    lines[length++] = '\n';
  }

  /**
   * All lines at once, and what the array of lines of one answer has behind them for a moment: the
   * server's buffer grows once, and then has room for what still follows, the end of the head and a
   * short body.
   */
  @Override
  public void writeHttp1Header(BufferData buffer) {
    buffer.write(lines, 0, lines.length);
    buffer.trim(lines.length - length);
  }

  /** There is nothing that could be wrong. */
  @Override
  public void validate() {}

  @Override
  public String name() {
    return name.header.defaultCase();
  }

  @Override
  public HeaderName headerName() {
    return name.header;
  }

  @Override
  public String get() {
    return value;
  }

  @Override
  public List<String> allValues() {
    return List.of(value);
  }

  @Override
  public int valueCount() {
    return 1;
  }

  @Override
  public boolean sensitive() {
    return false;
  }

  @Override
  public boolean changing() {
    return true;
  }

  /** The first line as a header of the server's own, which knows how to map it. */
  private Header first() {
    return HeaderValues.create(name.header, value);
  }

  @Override
  public <N> Value<N> as(Class<N> type) {
    return first().as(type);
  }

  @Override
  public <N> Value<N> as(GenericType<N> type) {
    return first().as(type);
  }

  @Override
  public <N> Value<N> as(Function<? super String, ? extends N> mapper) {
    return first().as(mapper);
  }

  @Override
  public Optional<String> asOptional() {
    return Optional.of(value);
  }

  @Override
  public Value<Boolean> asBoolean() {
    return first().asBoolean();
  }

  @Override
  public Value<String> asString() {
    return first().asString();
  }

  @Override
  public Value<Integer> asInt() {
    return first().asInt();
  }

  @Override
  public Value<Long> asLong() {
    return first().asLong();
  }

  @Override
  public Value<Double> asDouble() {
    return first().asDouble();
  }
}
