package dev.limpet.content.unixfs;

import dev.limpet.content.ipld.PbLink;
import java.util.ArrayList;
import java.util.List;

/** The children of an inner node of a file, as they come. */
final class FileParts {
  private final List<PbLink> links = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();
  private long size;

  void add(Node child) {
    // An empty name that is present: what all implementations write, though the text says absent.
    links.add(child.link(""));
    sizes.add(child.size());
    size = Math.addExact(size, child.size());
  }

  Node close(NodeSink nodes, UnixFsData.Metadata metadata) {
    return nodes.inner(links, UnixFsData.file(size, sizes).with(metadata), size);
  }
}
