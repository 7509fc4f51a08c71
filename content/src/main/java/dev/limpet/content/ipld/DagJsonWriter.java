package dev.limpet.content.ipld;

import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** Writes one value; see {@link DagJson}. */
final class DagJsonWriter {
  /** Floats from here on, and those below a millionth, have an exponent, as JavaScript writes. */
  private static final double EXPONENT_FROM = 1e21;

  private static final double EXPONENT_BELOW = 1e-6;
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out = new StringBuilder();

  byte[] write(Ipld value) {
    write(value, 0);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void write(Ipld value, int depth) {
    if (depth > DagJson.MAX_JSON_DEPTH) {
      throw new ContentLimitException(
          "values are nested more than " + DagJson.MAX_JSON_DEPTH + " deep");
    }
    switch (value) {
      case Ipld.Null() -> out.append("null");
      case Ipld.Bool(boolean bool) -> out.append(bool);
      case Ipld.Int(long number) -> out.append(number);
      case Ipld.BigInt(BigInteger number) -> out.append(number);
      case Ipld.Float(double number) -> out.append(text(number));
      case Ipld.Text(String text) -> writeText(text);
      case Ipld.Bytes(byte[] bytes) ->
          out.append("{\"/\":{\"bytes\":\"")
              .append(Base64.getEncoder().withoutPadding().encodeToString(bytes))
              .append("\"}}");
      case Ipld.LinkNode(Cid cid) -> out.append("{\"/\":\"").append(cid).append("\"}");
      case Ipld.ListNode(List<Ipld> items) -> writeList(items, depth);
      case Ipld.MapNode map -> writeMap(map, depth);
    }
  }

  private void writeList(List<Ipld> items, int depth) {
    out.append('[');
    for (Iterator<Ipld> item = items.iterator(); item.hasNext(); ) {
      write(item.next(), depth + 1);
      out.append(item.hasNext() ? "," : "");
    }
    out.append(']');
  }

  private void writeMap(Ipld.MapNode map, int depth) {
    if (isReserved(map.entries())) {
      throw new MalformedBlockException(
          "a map with the key '/' has no DAG-JSON: it would be read as a link or as bytes");
    }
    List<Map.Entry<String, Ipld>> entries =
        map.entries().entrySet().stream().sorted(DagJsonWriter::byBytes).toList();
    out.append('{');
    String before = "";
    for (Map.Entry<String, Ipld> entry : entries) {
      out.append(before);
      writeText(entry.getKey());
      out.append(':');
      write(entry.getValue(), depth + 1);
      before = ",";
    }
    out.append('}');
  }

  /** Whether a map looks like a link or like bytes, or begins so. */
  static boolean isReserved(Map<String, Ipld> entries) {
    Ipld slash = entries.get("/");
    return slash instanceof Ipld.Text
        || (slash instanceof Ipld.MapNode inner && inner.get("bytes") instanceof Ipld.Text);
  }

  private static int byBytes(Map.Entry<String, Ipld> left, Map.Entry<String, Ipld> right) {
    return Arrays.compareUnsigned(
        left.getKey().getBytes(StandardCharsets.UTF_8),
        right.getKey().getBytes(StandardCharsets.UTF_8));
  }

  private void writeText(String text) {
    DagCborWriter.requireWholePairs(text);
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX.toHexDigits((byte) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** The shortest digits that are read as this number, with a point or an exponent. */
  private static String text(double number) {
    BigDecimal digits = shortest(number).stripTrailingZeros();
    double size = Math.abs(number);
    if (number == 0 || (size >= EXPONENT_BELOW && size < EXPONENT_FROM)) {
      String plain = digits.toPlainString();
      return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }
    BigInteger all = digits.unscaledValue();
    String shown = all.abs().toString();
    long exponent = (long) shown.length() - 1 - digits.scale();
    String fraction = shown.length() == 1 ? "" : "." + shown.substring(1);
    String sign = number < 0 ? "-" : "";
    return sign + shown.charAt(0) + fraction + "e" + (exponent > 0 ? "+" : "") + exponent;
  }

  /** The JDK writes two digits at least, also where one would do. */
  private static BigDecimal shortest(double number) {
    BigDecimal known = new BigDecimal(Double.toString(number));
    if (known.precision() == 2) {
      BigDecimal one = known.round(new MathContext(1));
      return one.doubleValue() == number ? one : known;
    }
    return known;
  }
}
