package dev.limpet.content.ipld;

import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** dag-pb nodes as values of the data model (IPLD DAG-PB specification, "Logical format"). */
final class DagPbForm {
  private static final String DATA = "Data";
  private static final String LINKS = "Links";
  private static final String HASH = "Hash";
  private static final String NAME = "Name";
  private static final String TSIZE = "Tsize";

  private DagPbForm() {}

  static Ipld toIpld(PbNode node) {
    List<Ipld> links = new ArrayList<>(node.links().size());
    for (PbLink link : node.links()) {
      Map<String, Ipld> fields = new LinkedHashMap<>();
      fields.put(HASH, new Ipld.LinkNode(link.cid()));
      String label = link.label();
      if (label != null) {
        fields.put(NAME, new Ipld.Text(label));
      }
      if (link.total() >= 0) {
        fields.put(TSIZE, new Ipld.Int(link.total()));
      }
      links.add(new Ipld.MapNode(fields));
    }
    Map<String, Ipld> fields = new LinkedHashMap<>();
    byte[] data = node.data();
    if (data != null) {
      fields.put(DATA, new Ipld.Bytes(data));
    }
    fields.put(LINKS, new Ipld.ListNode(links));
    return new Ipld.MapNode(fields);
  }

  static PbNode fromIpld(Ipld value) {
    Map<String, Ipld> fields = fields(value, Set.of(DATA, LINKS));
    if (!(fields.get(LINKS) instanceof Ipld.ListNode(List<Ipld> items))) {
      throw wrong("its Links are no list");
    }
    List<PbLink> links = new ArrayList<>(items.size());
    byte[] previous = new byte[0];
    for (Ipld item : items) {
      PbLink link = link(item);
      byte[] name = link.name().getBytes(StandardCharsets.UTF_8);
      if (Arrays.compareUnsigned(previous, name) > 0) {
        throw wrong("its Links are not in the order of their names' bytes");
      }
      previous = name;
      links.add(link);
    }
    return new PbNode(links, data(fields.get(DATA)));
  }

  private static byte @Nullable [] data(@Nullable Ipld value) {
    return switch (value) {
      case null -> null;
      case Ipld.Bytes(byte[] data) -> data;
      default -> throw wrong("its Data is no bytes");
    };
  }

  private static PbLink link(Ipld value) {
    Map<String, Ipld> fields = fields(value, Set.of(HASH, NAME, TSIZE));
    if (!(fields.get(HASH) instanceof Ipld.LinkNode(Cid cid))) {
      throw wrong("the Hash of a link is no link");
    }
    String name =
        switch (fields.get(NAME)) {
          case null -> null;
          case Ipld.Text(String text) -> text;
          default -> throw wrong("the Name of a link is no text");
        };
    return new PbLink(cid, name, total(fields.get(TSIZE)));
  }

  private static long total(@Nullable Ipld value) {
    return switch (value) {
      case null -> -1;
      case Ipld.Int(long size) when size >= 0 -> size;
      default -> throw wrong("the Tsize of a link is no size");
    };
  }

  private static Map<String, Ipld> fields(Ipld value, Set<String> known) {
    if (!(value instanceof Ipld.MapNode(Map<String, Ipld> fields))) {
      throw wrong("it or a link is no map");
    }
    for (String key : fields.keySet()) {
      if (!known.contains(key)) {
        throw wrong("it has a field that dag-pb does not know");
      }
    }
    return fields;
  }

  private static MalformedBlockException wrong(String what) {
    return new MalformedBlockException("the value has no form in dag-pb: " + what);
  }
}
