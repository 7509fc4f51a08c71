package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one DAG-JSON document; see {@link DagJson}.
 *
 * <p>Invariants: recursion is bounded by {@link DagJson#MAX_JSON_DEPTH}; work and memory are linear
 * in the bytes that are there; every fault is a {@link MalformedBlockException} that has the
 * offset, or a {@link ContentLimitException}.
 */
final class DagJsonReader {
  /**
   * Characters of a number: an exact double has 1076 at most, and parsing takes more than linear.
   */
  static final int MAX_NUMBER_CHARS = 1100;

  /** Characters of an integer with 64 bits and a sign. */
  private static final int INTEGER_CHARS = 21;

  private final byte[] in;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private int at;
  private int values;

  DagJsonReader(byte[] bytes) {
    this.in = bytes;
  }

  Ipld document() {
    Ipld value = read(0);
    skipBlanks();
    if (at < in.length) {
      throw malformed((in.length - at) + " bytes follow the value");
    }
    return value;
  }

  private Ipld read(int depth) {
    if (depth > DagJson.MAX_JSON_DEPTH) {
      throw new ContentLimitException(
          "the dag-json is nested more than " + DagJson.MAX_JSON_DEPTH + " deep");
    }
    if (++values > DagJson.MAX_JSON_VALUES) {
      throw new ContentLimitException(
          "the dag-json has more than " + DagJson.MAX_JSON_VALUES + " values");
    }
    skipBlanks();
    return switch (peek()) {
      case '{' -> map(depth);
      case '[' -> list(depth);
      case '"' -> new Ipld.Text(text());
      case 't' -> word("true", new Ipld.Bool(true));
      case 'f' -> word("false", new Ipld.Bool(false));
      case 'n' -> word("null", new Ipld.Null());
      default -> number();
    };
  }

  private Ipld word(String word, Ipld value) {
    for (int i = 0; i < word.length(); i++) {
      expect(word.charAt(i));
    }
    return value;
  }

  private Ipld list(int depth) {
    expect('[');
    List<Ipld> items = new ArrayList<>();
    if (!ends(']')) {
      do {
        items.add(read(depth + 1));
      } while (another(']'));
    }
    return new Ipld.ListNode(items);
  }

  private Ipld map(int depth) {
    expect('{');
    Map<String, Ipld> entries = new LinkedHashMap<>();
    if (!ends('}')) {
      do {
        skipBlanks();
        String key = text();
        skipBlanks();
        expect(':');
        if (entries.putIfAbsent(key, read(depth + 1)) != null) {
          throw malformed("a map has a key twice");
        }
      } while (another('}'));
    }
    return DagJsonWriter.isReserved(entries) ? special(entries) : new Ipld.MapNode(entries);
  }

  /** A link or bytes, and nothing beside it. */
  private Ipld special(Map<String, Ipld> entries) {
    Ipld slash = entries.get("/");
    if (entries.size() == 1 && slash instanceof Ipld.Text(String cid)) {
      return link(cid);
    }
    if (entries.size() == 1
        && slash instanceof Ipld.MapNode(Map<String, Ipld> inner)
        && inner.size() == 1
        && inner.get("bytes") instanceof Ipld.Text(String base64)) {
      return bytes(base64);
    }
    throw malformed("a map with the key '/' is no link and no bytes");
  }

  private Ipld link(String cid) {
    try {
      return new Ipld.LinkNode(Cid.parseLink(cid));
    } catch (CidFormatException e) {
      throw new MalformedBlockException(
          "not dag-json at byte " + at + ": a link is no CID: " + e.getMessage(), e);
    }
  }

  /** Padding is read, since not all writers leave it out. */
  private Ipld bytes(String base64) {
    try {
      return new Ipld.Bytes(Base64.getDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      throw new MalformedBlockException("not dag-json at byte " + at + ": bytes in no base64", e);
    }
  }

  private boolean ends(char close) {
    skipBlanks();
    if (peek() != close) {
      return false;
    }
    at++;
    return true;
  }

  private boolean another(char close) {
    if (ends(close)) {
      return false;
    }
    expect(',');
    return true;
  }

  private String text() {
    expect('"');
    StringBuilder text = new StringBuilder();
    int from = at;
    while (peek() != '"') {
      if (peek() == '\\') {
        append(text, from);
        at++;
        text.append(escaped());
        from = at;
      } else if ((in[at] & 0xff) < ' ') {
        throw malformed("a control character inside of a text");
      } else {
        at++;
      }
    }
    append(text, from);
    at++;
    String whole = text.toString();
    DagCborWriter.requireWholePairs(whole);
    return whole;
  }

  private void append(StringBuilder text, int from) {
    try {
      text.append(utf8.decode(ByteBuffer.wrap(in, from, at - from)));
    } catch (CharacterCodingException e) {
      throw new MalformedBlockException("not dag-json at byte " + at + ": no UTF-8", e);
    }
  }

  private char escaped() {
    char letter = peek();
    at++;
    return switch (letter) {
      case '"', '\\', '/' -> letter;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unit();
      default -> throw malformed("an unknown escape");
    };
  }

  private char unit() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw malformed("an escape without four digits");
      }
      unit = unit << 4 | digit;
      at++;
    }
    return (char) unit;
  }

  private Ipld number() {
    int from = at;
    skip("-");
    int first = at;
    int digits = digits();
    boolean padded = digits > 1 && in[first] == '0';
    boolean whole = true;
    boolean complete = digits > 0 && !padded;
    if (skip(".")) {
      whole = false;
      complete &= digits() > 0;
    }
    if (skip("eE")) {
      whole = false;
      skip("+-");
      complete &= digits() > 0;
    }
    if (!complete) {
      throw malformed("no value");
    }
    if (at - from > (whole ? INTEGER_CHARS : MAX_NUMBER_CHARS)) {
      throw malformed("a number is too long");
    }
    String number = new String(in, from, at - from, StandardCharsets.US_ASCII);
    return whole
        ? Ipld.BigInt.of(new BigInteger(number))
        : new Ipld.Float(Double.parseDouble(number));
  }

  private int digits() {
    int from = at;
    while (at < in.length && in[at] >= '0' && in[at] <= '9') {
      at++;
    }
    return at - from;
  }

  private boolean skip(String letters) {
    boolean there = at < in.length && letters.indexOf(in[at]) >= 0;
    at += there ? 1 : 0;
    return there;
  }

  private void skipBlanks() {
    while (at < in.length && " \t\r\n".indexOf(in[at]) >= 0) {
      at++;
    }
  }

  /** The next byte, which may be of a longer character. */
  private char peek() {
    if (at >= in.length) {
      throw malformed("it ends too early");
    }
    return (char) (in[at] & 0xff);
  }

  private void expect(char letter) {
    if (peek() != letter) {
      throw malformed("'" + letter + "' is missing");
    }
    at++;
  }

  private MalformedBlockException malformed(String what) {
    return new MalformedBlockException("not dag-json at byte " + at + ": " + what);
  }
}
