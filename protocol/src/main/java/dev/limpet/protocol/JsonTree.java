package dev.limpet.protocol;

import dev.limpet.content.ipld.Ipld;
import io.avaje.json.JsonDataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Any JSON document as a value of the IPLD data model, for documents whose keys must all be known.
 * Numbers are integers: DAG-CBOR of a fraction would depend on how it was rounded.
 */
final class JsonTree {
  private JsonTree() {}

  /**
   * Reads one document.
   *
   * @throws JsonDataException when it is malformed, or has a null or a fraction
   */
  static Ipld read(byte[] json) {
    StrictJsonReader reader = new StrictJsonReader(json);
    Ipld value = value(reader);
    reader.end();
    return value;
  }

  /** Recursion ends at the reader's limit on depth. */
  private static Ipld value(StrictJsonReader reader) {
    return switch (reader.currentToken()) {
      case BEGIN_OBJECT -> object(reader);
      case BEGIN_ARRAY -> array(reader);
      case STRING -> new Ipld.Text(reader.readString());
      case BOOLEAN -> new Ipld.Bool(reader.readBoolean());
      case NUMBER -> new Ipld.Int(reader.readLong());
      case NULL -> throw new JsonDataException(reader.location() + ": leave out what has no value");
    };
  }

  private static Ipld object(StrictJsonReader reader) {
    Map<String, Ipld> entries = new LinkedHashMap<>();
    reader.beginObject();
    while (reader.hasNextField()) {
      entries.put(reader.nextField(), value(reader));
    }
    reader.endObject();
    return new Ipld.MapNode(entries);
  }

  private static Ipld array(StrictJsonReader reader) {
    List<Ipld> items = new ArrayList<>();
    reader.beginArray();
    while (reader.hasNextElement()) {
      items.add(value(reader));
    }
    reader.endArray();
    return new Ipld.ListNode(items);
  }

  /** Writes a value without bytes and fractions; links become the text of their CID. */
  static byte[] write(Ipld value) {
    return Json.write(plain(value));
  }

  private static Object plain(Ipld value) {
    return switch (value) {
      case Ipld.Bool b -> b.value();
      case Ipld.Int i -> i.value();
      case Ipld.BigInt _ -> throw new IllegalArgumentException("no number here has 65 bits");
      case Ipld.Text t -> t.value();
      case Ipld.LinkNode l -> l.cid().toString();
      case Ipld.Bytes b -> ByteString.of(b.value()).toString();
      case Ipld.Float f -> f.value();
      case Ipld.Null _ -> throw new IllegalArgumentException("nothing is written as null here");
      case Ipld.ListNode list -> list.items().stream().map(JsonTree::plain).toList();
      case Ipld.MapNode map -> {
        Map<String, Object> plain = new LinkedHashMap<>();
        map.entries().forEach((key, entry) -> plain.put(key, plain(entry)));
        yield plain;
      }
    };
  }
}
