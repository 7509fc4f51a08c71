package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.content.ipld.SeenBlocks;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one entity (trustless gateway specification, {@code dag-scope=entity}): of a file
 * those that hold a range of its bytes, of a directory the node or all shards but nothing of what
 * is in it, of anything else the one block. They come depth first.
 *
 * <p>Leaves without links are named and not read. A block is named once, or, where repeats are
 * wanted, each time it is met; then at most {@link #MAX_ENTITY_BLOCKS} times all in all, so that a
 * small file which links itself together to exabytes ends. Where a node lies across an end of the
 * range it is looked at each time, which is at most twice on each level.
 */
public final class EntityBlocks {
  /** Visits of one walk: 1.4 TiB in blocks of 1 MiB; the table of different ones takes 32 MiB. */
  public static final int MAX_ENTITY_BLOCKS = 1_500_000;

  /** Levels of shards: the bits of a hash, three on each. */
  private static final int SHARD_LEVELS = 21;

  private final BlockSource blocks;
  private final Consumer<Cid> visitor;
  private final boolean repeats;
  private final SeenBlocks named = new SeenBlocks();
  private final SeenBlocks whole = new SeenBlocks();
  private int visits;

  private EntityBlocks(BlockSource blocks, boolean repeats, Consumer<Cid> visitor) {
    this.blocks = blocks;
    this.repeats = repeats;
    this.visitor = visitor;
  }

  /**
   * Names the blocks of an entity.
   *
   * @param blocks holds inner nodes
   * @param root the entity
   * @param span which bytes of a file; no matter for anything else
   * @param repeats whether a block is named as often as it is linked
   * @param visitor gets each CID
   * @throws dev.limpet.content.block.BlockNotFoundException when an inner node is missing
   * @throws MalformedBlockException when a node below the root does not parse
   * @throws ContentLimitException when there is no end to it, or sizes do not add up
   */
  public static void walk(
      BlockSource blocks, Cid root, ByteSpan span, boolean repeats, Consumer<Cid> visitor) {
    new EntityBlocks(blocks, repeats, visitor).root(root, span);
  }

  private void root(Cid root, ByteSpan span) {
    UnixFsData data = root.codec() == Multicodec.DAG_PB ? unixFs(root) : null;
    if (data == null) {
      name(root);
      return;
    }
    switch (data.type()) {
      case FILE, RAW -> {
        long size = FileNode.decode(root, blocks.require(root)).size();
        Range range = new Range(span.first(size), span.end(size));
        file(root, 0, size, range, 0);
      }
      case HAMT_SHARD -> shards(root, data, 0);
      case DIRECTORY, SYMLINK, METADATA -> name(root);
    }
  }

  /** What a dag-pb block says in UnixFS; null when it says nothing of that kind. */
  private @Nullable UnixFsData unixFs(Cid root) {
    byte[] message = DagPb.decode(blocks.require(root)).data();
    try {
      return message == null ? null : UnixFsData.decode(message);
    } catch (MalformedBlockException e) {
      return null;
    }
  }

  /** Bytes of the file, from the first to before the end. */
  private record Range(long from, long end) {
    boolean meets(long start, long size) {
      return from < end && start < end && start + size > from;
    }

    boolean covers(long start, long size) {
      return from <= start && start + size <= end;
    }
  }

  private void file(Cid cid, long start, long size, Range range, int depth) {
    if (depth > FileTree.MAX_FILE_DEPTH) {
      throw new ContentLimitException("a file is deeper than " + depth + " levels");
    }
    name(cid);
    if (cid.codec() == Multicodec.RAW
        || (!repeats && range.covers(start, size) && !whole.add(cid))) {
      return;
    }
    FileNode node = FileNode.decode(cid, blocks.require(cid));
    if (node.size() != size) {
      throw new ContentLimitException(
          cid + " has " + node.size() + " bytes where its parent says " + size);
    }
    for (int i = 0; i < node.children().size(); i++) {
      long from = start + node.start(i);
      long length = start + node.ends()[i] - from;
      if (range.meets(from, length)) {
        file(node.children().get(i), from, length, range, depth + 1);
      }
    }
  }

  /** A link to a shard has a bucket for a name, and nothing behind it. */
  private void shards(Cid cid, UnixFsData data, int depth) {
    UnixFsData.Shard shard = data.shard();
    if (shard == null || depth > SHARD_LEVELS) {
      throw new MalformedBlockException(cid + " is no shard of a directory");
    }
    name(cid);
    if (!repeats && !whole.add(cid)) {
      return;
    }
    int prefix = Long.toHexString(Math.max(1, shard.fanout() - 1)).length();
    PbNode node = DagPb.decode(blocks.require(cid));
    for (PbLink link : node.links()) {
      if (link.name().length() == prefix) {
        below(link.cid(), depth + 1);
      }
    }
  }

  private void below(Cid cid, int depth) {
    UnixFsData data = cid.codec() == Multicodec.DAG_PB ? unixFs(cid) : null;
    if (data == null) {
      throw new MalformedBlockException(cid + " is no shard of a directory");
    }
    shards(cid, data, depth);
  }

  private void name(Cid cid) {
    if (++visits > MAX_ENTITY_BLOCKS) {
      throw new ContentLimitException("there are more than " + MAX_ENTITY_BLOCKS + " blocks");
    }
    if (repeats || named.add(cid)) {
      visitor.accept(cid);
    }
  }
}
