package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads sharded directories. A link's name begins with the bucket in hexadecimal; what follows is
 * the entry's name, or nothing for a shard below.
 */
final class Hamt {
  private static final long MURMUR3_X64_64 = 0x22;
  private static final long FEWEST_BUCKETS = 8;

  /** More would let one block ask for a huge table (CVE-2023-23625). */
  private static final long MAX_FANOUT = 1024;

  private final BlockSource blocks;

  Hamt(BlockSource blocks) {
    this.blocks = blocks;
  }

  /** One shard, checked. */
  private record Shard(List<PbLink> links, int bits, int prefix) {}

  private Shard shard(Cid cid) {
    if (cid.codec() != Multicodec.DAG_PB) {
      throw new MalformedBlockException(cid + " is not a HAMT shard");
    }
    byte[] block = blocks.get(cid);
    if (block == null) {
      throw new BlockNotFoundException(cid);
    }
    PbNode node = DagPb.decode(block);
    byte[] message = node.data();
    if (message == null) {
      throw new MalformedBlockException(cid + " is not a HAMT shard: it has no data");
    }
    UnixFsData.Shard parameters = UnixFsData.decode(message).shard();
    if (parameters == null || parameters.hashType() != MURMUR3_X64_64) {
      throw new MalformedBlockException(cid + " is not a HAMT shard over murmur3");
    }
    long fanout = parameters.fanout();
    if (fanout < FEWEST_BUCKETS || fanout > MAX_FANOUT || Long.bitCount(fanout) != 1) {
      throw new ContentLimitException(cid + " has the fanout " + fanout);
    }
    if (node.links().size() > fanout) {
      throw new MalformedBlockException(cid + " has more links than buckets");
    }
    int prefix = Long.toHexString(fanout - 1).length();
    return new Shard(node.links(), Long.numberOfTrailingZeros(fanout), prefix);
  }

  /** The entry of a name, or null. */
  @Nullable DirectoryEntry lookup(Cid root, String name) {
    long hash = Murmur3.hash64(name.getBytes(StandardCharsets.UTF_8));
    Cid cid = root;
    int used = 0;
    while (used < Long.SIZE) {
      Shard shard = shard(cid);
      if (used + shard.bits > Long.SIZE) {
        break;
      }
      long bucket = hash << used >>> (Long.SIZE - shard.bits);
      used += shard.bits;
      PbLink link = linkAt(shard, bucket);
      if (link == null) {
        return null;
      }
      String rest = link.name().substring(shard.prefix);
      if (!rest.isEmpty()) {
        return rest.equals(name) ? new DirectoryEntry(name, link.cid(), link.tsize()) : null;
      }
      cid = link.cid();
    }
    throw new ContentLimitException(root + " is deeper than its hash has bits");
  }

  private static @Nullable PbLink linkAt(Shard shard, long bucket) {
    for (PbLink link : shard.links) {
      if (bucketOf(link, shard.prefix) == bucket) {
        return link;
      }
    }
    return null;
  }

  private static int bucketOf(PbLink link, int prefix) {
    if (link.name().length() < prefix) {
      throw new MalformedBlockException("a HAMT link has no bucket in its name");
    }
    try {
      return Integer.parseUnsignedInt(link.name().substring(0, prefix), 16);
    } catch (NumberFormatException e) {
      throw new MalformedBlockException("a HAMT link has no bucket in its name", e);
    }
  }

  /** Hands every entry below {@code root} to {@code entries}, in the order of their hashes. */
  void forEach(Cid root, Consumer<DirectoryEntry> entries) {
    forEach(root, 0, entries);
  }

  /** Recursion is bounded by the bits of the hash: at most 21 levels of three bits. */
  private void forEach(Cid cid, int used, Consumer<DirectoryEntry> entries) {
    Shard shard = shard(cid);
    if (used + shard.bits > Long.SIZE) {
      throw new ContentLimitException("a HAMT is deeper than its hash has bits");
    }
    for (PbLink link : shard.links) {
      bucketOf(link, shard.prefix);
      String name = link.name().substring(shard.prefix);
      if (name.isEmpty()) {
        forEach(link.cid(), used + shard.bits, entries);
      } else {
        entries.accept(new DirectoryEntry(name, link.cid(), link.tsize()));
      }
    }
  }
}
