package dev.limpet.node.rpc;

import dev.limpet.content.cid.Cid;
import java.util.Iterator;
import java.util.List;

/**
 * A JSON object whose fields stand in the order in which they were put, written as Go's encoder
 * does: clients of Kubo were seen to depend on no more, but also on no less.
 */
final class JsonObject {
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder text = new StringBuilder(128).append('{');

  /** A link as DAG-JSON writes it. */
  static JsonObject link(Cid cid) {
    return new JsonObject().put("/", cid.toString());
  }

  JsonObject put(String name, String value) {
    name(name);
    quote(value);
    return this;
  }

  JsonObject put(String name, long value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonObject put(String name, float value) {
    name(name);
    text.append(value == Math.rint(value) ? Long.toString((long) value) : Float.toString(value));
    return this;
  }

  JsonObject put(String name, boolean value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonObject put(String name, JsonObject value) {
    name(name);
    text.append(value);
    return this;
  }

  JsonObject putNull(String name) {
    name(name);
    text.append("null");
    return this;
  }

  JsonObject putTexts(String name, Iterable<String> values) {
    name(name);
    text.append('[');
    Iterator<String> each = values.iterator();
    while (each.hasNext()) {
      quote(each.next());
      text.append(each.hasNext() ? "," : "");
    }
    text.append(']');
    return this;
  }

  JsonObject putObjects(String name, List<JsonObject> values) {
    name(name);
    text.append('[');
    Iterator<JsonObject> each = values.iterator();
    while (each.hasNext()) {
      text.append(each.next()).append(each.hasNext() ? "," : "");
    }
    text.append(']');
    return this;
  }

  private void name(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    text.append(':');
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      character(value, i);
    }
    text.append('"');
  }

  /** Half a surrogate pair has no form in UTF-8. */
  private void character(String value, int at) {
    char c = value.charAt(at);
    switch (c) {
      case '"', '\\' -> text.append('\\').append(c);
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      case '\b' -> text.append("\\b");
      case '\f' -> text.append("\\f");
      case '<', '>', '&', '\u2028', '\u2029' -> escaped(c);
      default -> {
        if (c < ' ') {
          escaped(c);
        } else {
          text.append(isHalf(value, at) ? '\ufffd' : c);
        }
      }
    }
  }

  private static boolean isHalf(String value, int at) {
    char c = value.charAt(at);
    if (Character.isHighSurrogate(c)) {
      return at + 1 == value.length() || !Character.isLowSurrogate(value.charAt(at + 1));
    }
    return Character.isLowSurrogate(c)
        && (at == 0 || !Character.isHighSurrogate(value.charAt(at - 1)));
  }

  private void escaped(char c) {
    text.append("\\u");
    for (int shift = 12; shift >= 0; shift -= 4) {
      text.append(HEX.charAt(c >> shift & 0xf));
    }
  }

  /** The object, without a line feed. */
  @Override
  public String toString() {
    return text + "}";
  }
}
