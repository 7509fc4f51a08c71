package dev.limpet.content.car;

import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The header of a CARv1: {@code {roots: [link, ...], version: 1}} as DAG-CBOR. */
final class CarHeader {
  private CarHeader() {}

  static byte[] encode(List<Cid> roots) {
    List<Ipld> links = new ArrayList<>();
    roots.forEach(root -> links.add(new Ipld.LinkNode(root)));
    Map<String, Ipld> fields =
        Map.of("roots", new Ipld.ListNode(links), "version", new Ipld.Int(1));
    return DagCbor.encode(new Ipld.MapNode(fields));
  }

  /** Reads the header that begins at a byte of the file. */
  static List<Cid> decode(byte[] bytes, long start) {
    Ipld header;
    try {
      header = DagCbor.decode(bytes);
    } catch (ContentException e) {
      throw new CarFormatException(
          "not a CAR: its header at byte " + start + " does not parse: " + e.getMessage(), e);
    }
    if (!(header instanceof Ipld.MapNode(Map<String, Ipld> fields))) {
      throw refused(start, "is not a map");
    }
    if (!new Ipld.Int(1).equals(fields.get("version"))) {
      throw refused(start, "is of another version than 1; export the CAR as CARv1");
    }
    if (!(fields.get("roots") instanceof Ipld.ListNode(List<Ipld> links))) {
      throw refused(start, "has no list of roots");
    }
    if (links.size() > CarLimits.MAX_ROOTS) {
      throw refused(
          start, "has " + links.size() + " roots, at most " + CarLimits.MAX_ROOTS + " can be");
    }
    return roots(links, start);
  }

  private static CarFormatException refused(long start, String why) {
    return new CarFormatException("the CAR's header at byte " + start + " " + why);
  }

  private static List<Cid> roots(List<Ipld> links, long start) {
    List<Cid> roots = new ArrayList<>();
    for (Ipld link : links) {
      if (!(link instanceof Ipld.LinkNode(Cid cid))) {
        throw refused(start, "has a root that is not a link");
      }
      if (!cid.multihash().isVerifiable()) {
        throw refused(start, "has a root whose hash is not supported");
      }
      roots.add(cid);
    }
    return List.copyOf(roots);
  }
}
