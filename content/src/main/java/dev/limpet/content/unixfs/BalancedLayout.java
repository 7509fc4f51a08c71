package dev.limpet.content.unixfs;

import java.util.ArrayList;
import java.util.List;

/**
 * Builds the tree over a file's leaves as they come: level 0 collects leaves, a full level becomes
 * one node of the level above when the next child arrives. So all leaves end at the same depth, and
 * memory holds at most one node's children a level.
 */
final class BalancedLayout {
  private final NodeSink nodes;
  private final int width;
  private final List<List<Node>> levels = new ArrayList<>();

  BalancedLayout(NodeSink nodes) {
    this.nodes = nodes;
    this.width = nodes.profile().layout().width();
  }

  void add(Node leaf) {
    add(0, leaf);
  }

  /** The root over all leaves, with metadata if there are two or more; at least one was added. */
  Node finish(UnixFsData.Metadata metadata) {
    for (int level = 0; level < levels.size() - 1; level++) {
      add(level + 1, close(levels.get(level), UnixFsData.Metadata.ABSENT));
    }
    List<Node> top = levels.getLast();
    return top.size() == 1 ? top.getFirst() : close(top, metadata);
  }

  private void add(int level, Node child) {
    if (level == levels.size()) {
      levels.add(new ArrayList<>());
    }
    List<Node> children = levels.get(level);
    if (children.size() == width) {
      add(level + 1, close(children, UnixFsData.Metadata.ABSENT));
      children.clear();
    }
    children.add(child);
  }

  private Node close(List<Node> children, UnixFsData.Metadata metadata) {
    FileParts parts = new FileParts();
    children.forEach(parts::add);
    return parts.close(nodes, metadata);
  }
}
