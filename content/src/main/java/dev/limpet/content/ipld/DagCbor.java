package dev.limpet.content.ipld;

import dev.limpet.content.cid.Cid;
import java.util.ArrayList;
import java.util.List;

/**
 * DAG-CBOR (IPLD specification): CBOR in which every value has exactly one encoding, so that equal
 * values have equal CIDs.
 *
 * <p>Reading is as strict as writing. Refused are integers and lengths that are not in their
 * shortest form, indefinite lengths, floats of 16 and 32 bits, NaN, infinities and the negative
 * zero, simple values other than false, true and null, tags other than 42, map keys that are no
 * text, out of order or doubled, text that is not UTF-8, and bytes behind the value.
 */
public final class DagCbor {
  /** Deepest nesting; real data has a handful of levels, and readers recurse. */
  public static final int MAX_CBOR_DEPTH = 256;

  /**
   * Most values in one decoded document, so that 2 MiB of empty maps do not become 200 MiB of
   * objects.
   */
  public static final int MAX_CBOR_VALUES = 1 << 17;

  private DagCbor() {}

  /**
   * Encodes a value in its one form.
   *
   * @param value the value
   * @return the bytes of a dag-cbor block
   * @throws dev.limpet.content.block.MalformedBlockException when a text is not well-formed
   * @throws dev.limpet.content.block.ContentLimitException when it is nested too deeply
   */
  public static byte[] encode(Ipld value) {
    DagCborWriter writer = new DagCborWriter();
    writer.write(value, 0);
    return writer.toBytes();
  }

  /**
   * Decodes a block.
   *
   * @param bytes exactly one value
   * @return the value
   * @throws dev.limpet.content.block.MalformedBlockException when the bytes are not strict DAG-CBOR
   * @throws dev.limpet.content.block.ContentLimitException when it has too many values or levels
   */
  public static Ipld decode(byte[] bytes) {
    DagCborReader reader = new DagCborReader(bytes);
    Ipld value = reader.read(0);
    reader.requireEnd();
    return value;
  }

  /**
   * The links of a block, without building its values; checks as {@link #decode} does, but for the
   * number of values.
   *
   * @param bytes exactly one value
   * @return the links in order, doubled ones too
   * @throws dev.limpet.content.block.MalformedBlockException when the bytes are not strict DAG-CBOR
   * @throws dev.limpet.content.block.ContentLimitException when it has too many levels
   */
  public static List<Cid> links(byte[] bytes) {
    List<Cid> links = new ArrayList<>();
    DagCborReader reader = new DagCborReader(bytes);
    reader.scan(0, links::add);
    reader.requireEnd();
    return links;
  }
}
