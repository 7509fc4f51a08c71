package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import java.util.ArrayList;
import java.util.List;

/**
 * DAG-JSON (IPLD specification): JSON in which a link is {@code {"/": "CID"}} and bytes are {@code
 * {"/": {"bytes": "base64"}}}. The form for people: what is written has its keys in the order of
 * their bytes and no white space; what is read may have both, since blocks of it come from anyone.
 *
 * <p>A number is a float when it has a point or an exponent. Refused are doubled keys, text that is
 * not well-formed, numbers beyond the data model, and maps that begin as a link or as bytes and are
 * not exactly that, both when read and when written: nobody could tell them apart.
 */
public final class DagJson {
  /** Deepest nesting, as in DAG-CBOR: whatever is read as one can be written as the other. */
  public static final int MAX_JSON_DEPTH = DagCbor.MAX_CBOR_DEPTH;

  /** Most values in one document. */
  public static final int MAX_JSON_VALUES = DagCbor.MAX_CBOR_VALUES;

  private DagJson() {}

  /**
   * Encodes a value.
   *
   * @param value the value
   * @return UTF-8 text, not ended by a line feed
   * @throws dev.limpet.content.block.MalformedBlockException when a text is not well-formed or a
   *     map could be mistaken for a link or for bytes
   * @throws dev.limpet.content.block.ContentLimitException when it is nested too deeply
   */
  public static byte[] encode(Ipld value) {
    return new DagJsonWriter().write(value);
  }

  /**
   * Decodes a block.
   *
   * @param bytes exactly one value, in UTF-8
   * @return the value
   * @throws dev.limpet.content.block.MalformedBlockException when the bytes are not DAG-JSON; the
   *     message has the offset
   * @throws dev.limpet.content.block.ContentLimitException when it has too many values or levels
   */
  public static Ipld decode(byte[] bytes) {
    return new DagJsonReader(bytes).document();
  }

  /**
   * The links of a block.
   *
   * @param bytes exactly one value, in UTF-8
   * @return the links in the order of the values as DAG-CBOR would have them, doubled ones too
   * @throws dev.limpet.content.block.MalformedBlockException when the bytes are not DAG-JSON
   * @throws dev.limpet.content.block.ContentLimitException when it has too many values or levels
   */
  public static List<Cid> links(byte[] bytes) {
    List<Cid> links = new ArrayList<>();
    collect(decode(bytes), links);
    return links;
  }

  private static void collect(Ipld value, List<Cid> links) {
    switch (value) {
      case Ipld.LinkNode(Cid cid) -> links.add(cid);
      case Ipld.ListNode list -> list.items().forEach(item -> collect(item, links));
      case Ipld.MapNode map -> map.entries().values().forEach(item -> collect(item, links));
      case Ipld.Null _,
          Ipld.Bool _,
          Ipld.Int _,
          Ipld.BigInt _,
          Ipld.Float _,
          Ipld.Text _,
          Ipld.Bytes _ -> {
        // No links in these.
      }
    }
  }
}
