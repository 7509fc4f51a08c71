package dev.limpet.protocol;

import io.avaje.json.JsonDataException;
import io.avaje.json.JsonReader;
import io.avaje.json.PropertyNames;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON reader for bytes from strangers, under the generated adapters.
 *
 * <p>The library's own parser is fast and lenient: it compares field names by a 32-bit hash, takes
 * the last of two equal keys, reads numbers out of strings, wraps around on overflow, skips unknown
 * values without looking, nests without bound and ignores what follows the document. Each of these
 * lets two readers see two different documents. This one is a plain RFC 8259 parser that refuses:
 *
 * <ul>
 *   <li>anything that is not exactly one JSON text in UTF-8 (no byte order mark, no lone
 *       surrogates, no control characters in strings, nothing after the end);
 *   <li>equal keys in one object, also below a field that nobody reads;
 *   <li>more than {@link #MAX_DEPTH} levels, {@link #MAX_MEMBERS} keys, {@link #MAX_STRING_CHARS}
 *       or {@link #MAX_NUMBER_CHARS} characters;
 *   <li>a number in quotes, a fraction where an integer is asked, an integer out of range.
 * </ul>
 *
 * <p>Invariants: {@code pos} is the next unread byte; {@code scopes} mirrors the open objects and
 * arrays; inside a scope {@code comma} says that an element was read and a comma must come before
 * the next; {@code opened} says that this comma was already taken. Every failure is a {@link
 * JsonDataException} whose message starts with the path of the value.
 */
final class StrictJsonReader implements JsonReader {
  /** Our deepest document has five levels; the rest is room for fields of later versions. */
  static final int MAX_DEPTH = 16;

  /** Keys of one object. The widest of ours, the labels of a node, allows 64. */
  static final int MAX_MEMBERS = 256;

  /** Longest string: a manifest block in base64url or the log tail of a problem, with room. */
  static final int MAX_STRING_CHARS = 65_536;

  /** Longest number: a signed 64-bit integer has 20 characters. */
  static final int MAX_NUMBER_CHARS = 32;

  private static final String NO_PATH = "the document";

  private static final class Scope {
    final boolean object;
    final Set<String> names;
    boolean comma;
    boolean opened;
    int index = -1;
    String name = "";

    Scope(boolean object) {
      this.object = object;
      this.names = object ? new HashSet<>() : Set.of();
    }
  }

  private final byte[] in;
  private final Deque<Scope> scopes = new ArrayDeque<>();
  private int pos;

  StrictJsonReader(byte[] in) {
    this.in = in;
  }

  /** Call after the document was read: only white space may follow. */
  void end() {
    skipSpace();
    if (pos != in.length) {
      throw bad("something follows the JSON document");
    }
  }

  @Override
  public void beginObject(PropertyNames names) {
    beginObject();
  }

  @Override
  public void beginObject() {
    open('{', true, "an object");
  }

  @Override
  public void beginArray() {
    open('[', false, "an array");
  }

  private void open(char bracket, boolean object, String what) {
    expect(bracket, what);
    if (scopes.size() == MAX_DEPTH) {
      throw bad("nested deeper than " + MAX_DEPTH + " levels");
    }
    scopes.push(new Scope(object));
  }

  @Override
  public void endObject() {
    close('}', true);
  }

  @Override
  public void endArray() {
    close(']', false);
  }

  private void close(char bracket, boolean object) {
    if (scopes.isEmpty() || scopes.peek().object != object) {
      throw bad("expected " + bracket);
    }
    expect(bracket, "'" + bracket + "'");
    scopes.pop();
  }

  @Override
  public boolean hasNextField() {
    return hasNext('}');
  }

  @Override
  public boolean hasNextElement() {
    boolean next = hasNext(']');
    if (next) {
      Scope scope = scope();
      scope.opened = false;
      scope.comma = true;
      scope.index++;
    }
    return next;
  }

  private boolean hasNext(char end) {
    Scope scope = scope();
    if (scope.opened) {
      return true;
    }
    skipSpace();
    if (peek() == end) {
      return false;
    }
    if (scope.comma) {
      expect(',', "',' or '" + end + "'");
      skipSpace();
      if (peek() == end) {
        throw bad("a comma is followed by nothing");
      }
    }
    scope.opened = true;
    return true;
  }

  @Override
  public String nextField() {
    if (!hasNextField()) {
      throw bad("expected a field");
    }
    Scope scope = scope();
    scope.opened = false;
    scope.comma = true;
    scope.name = "";
    String name = readString();
    if (!scope.names.add(name)) {
      throw bad("the key \"" + shown(name) + "\" appears twice");
    }
    if (scope.names.size() > MAX_MEMBERS) {
      throw bad("more than " + MAX_MEMBERS + " keys in one object");
    }
    scope.name = name;
    expect(':', "':' after a key");
    return name;
  }

  private Scope scope() {
    Scope scope = scopes.peek();
    if (scope == null) {
      throw bad("expected an object or an array");
    }
    return scope;
  }

  @Override
  public boolean isNullValue() {
    skipSpace();
    if (peek() != 'n') {
      return false;
    }
    word("null");
    return true;
  }

  @Override
  public boolean readBoolean() {
    skipSpace();
    switch (peek()) {
      case 't' -> word("true");
      case 'f' -> {
        word("false");
        return false;
      }
      default -> throw bad("expected true or false, found " + found());
    }
    return true;
  }

  private void word(String word) {
    for (int i = 0; i < word.length(); i++) {
      if (pos == in.length || in[pos] != word.charAt(i)) {
        throw bad("expected " + word);
      }
      pos++;
    }
  }

  @Override
  public int readInt() {
    long value = readLong();
    if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
      throw bad("the number does not fit 32 bits");
    }
    return (int) value;
  }

  @Override
  public long readLong() {
    String number = number();
    try {
      return Long.parseLong(number);
    } catch (NumberFormatException e) {
      throw bad("expected an integer of 64 bits, found " + number);
    }
  }

  @Override
  public double readDouble() {
    double value = Double.parseDouble(number());
    if (Double.isInfinite(value)) {
      throw bad("the number does not fit 64 bits");
    }
    return value;
  }

  @Override
  public BigDecimal readDecimal() {
    return new BigDecimal(number());
  }

  @Override
  public BigInteger readBigInteger() {
    return BigInteger.valueOf(readLong());
  }

  /** One number by the grammar of RFC 8259, section 6. */
  private String number() {
    skipSpace();
    int start = pos;
    if (peek() == '-') {
      pos++;
    }
    if (peek() == '0') {
      pos++;
    } else {
      digits();
    }
    if (peek() == '.') {
      pos++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      pos++;
      if (peek() == '+' || peek() == '-') {
        pos++;
      }
      digits();
    }
    if (pos - start > MAX_NUMBER_CHARS) {
      throw bad("a number has more than " + MAX_NUMBER_CHARS + " characters");
    }
    return new String(in, start, pos - start, StandardCharsets.US_ASCII);
  }

  private void digits() {
    int start = pos;
    while (peek() >= '0' && peek() <= '9') {
      pos++;
    }
    if (start == pos) {
      throw bad("expected a number, found " + found());
    }
  }

  @Override
  public String readString() {
    skipSpace();
    if (peek() != '"') {
      throw bad("expected a string, found " + found());
    }
    JsonText text = JsonText.decode(in, pos + 1, MAX_STRING_CHARS);
    if (text.problem() != null) {
      throw bad(text.problem());
    }
    pos = text.end();
    return text.value();
  }

  /** Base64url without padding, as everywhere in our protocol. */
  @Override
  public byte[] readBinary() {
    try {
      return Base64.getUrlDecoder().decode(readString());
    } catch (IllegalArgumentException e) {
      throw bad("expected base64url");
    }
  }

  @Override
  public void skipValue() {
    skipSpace();
    switch (peek()) {
      case '{' -> {
        beginObject();
        while (hasNextField()) {
          nextField();
          skipValue();
        }
        endObject();
      }
      case '[' -> {
        beginArray();
        while (hasNextElement()) {
          skipValue();
        }
        endArray();
      }
      case '"' -> readString();
      case 't', 'f' -> readBoolean();
      case 'n' -> word("null");
      default -> number();
    }
  }

  @Override
  public String readRaw() {
    skipSpace();
    int start = pos;
    skipValue();
    return new String(Arrays.copyOfRange(in, start, pos), StandardCharsets.UTF_8);
  }

  /** Fields of a later version are allowed on the wire; manifests check their keys themselves. */
  @Override
  public void unmappedField(String fieldName) {}

  @Override
  public Token currentToken() {
    skipSpace();
    return switch (peek()) {
      case '{' -> Token.BEGIN_OBJECT;
      case '[' -> Token.BEGIN_ARRAY;
      case '"' -> Token.STRING;
      case 't', 'f' -> Token.BOOLEAN;
      case 'n' -> Token.NULL;
      default -> Token.NUMBER;
    };
  }

  /** The path of the value that is read now, such as {@code inputs[0].path}. */
  @Override
  public String location() {
    StringBuilder path = new StringBuilder();
    scopes
        .descendingIterator()
        .forEachRemaining(
            scope -> {
              if (!scope.object) {
                path.append('[').append(Math.max(0, scope.index)).append(']');
              } else if (!scope.name.isEmpty()) {
                path.append(path.isEmpty() ? "" : ".").append(shown(scope.name));
              }
            });
    return path.isEmpty() ? NO_PATH : path.toString();
  }

  @Override
  public <T> T unwrap(Class<T> type) {
    return type.cast(this);
  }

  @Override
  public void close() {}

  private void expect(char wanted, String what) {
    skipSpace();
    if (peek() != wanted) {
      throw bad("expected " + what + ", found " + found());
    }
    pos++;
  }

  private void skipSpace() {
    while (pos < in.length
        && (in[pos] == ' ' || in[pos] == '\n' || in[pos] == '\r' || in[pos] == '\t')) {
      pos++;
    }
  }

  /** The next byte, or -1 at the end (0xff never starts anything in JSON). */
  private int peek() {
    return pos < in.length ? in[pos] : -1;
  }

  private String found() {
    return switch (peek()) {
      case -1 -> pos < in.length ? "a byte that JSON does not have" : "the end";
      case '{' -> "an object";
      case '[' -> "an array";
      case '"' -> "a string";
      case 't', 'f' -> "a boolean";
      case 'n' -> "null";
      default -> {
        int next = peek();
        yield next > ' ' && next < 0x7f ? "'" + (char) next + "'" : "a byte that does not fit";
      }
    };
  }

  private JsonDataException bad(@Nullable String what) {
    return new JsonDataException(location() + ": " + what + " (byte " + pos + ")");
  }

  /** A key as it may stand in a message: short and without control characters. */
  private static String shown(String key) {
    int end = Math.min(key.length(), 40);
    return key.substring(0, end).replaceAll("\\p{Cntrl}", "?");
  }
}
