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
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads sharded directories. A link's name begins with the bucket in hexadecimal; what follows is
 * the entry's name, or nothing for a shard below.
 *
 * <p>A shard must be what an honest writer makes: the bits of its bitfield are the buckets of its
 * links, in their order, and below the root no shard is empty. When all entries are read, each must
 * stand where its hash puts it. So listing and looking up agree, and a shard that is linked many
 * times ends the listing instead of multiplying it.
 */
final class Hamt {
  private static final long MURMUR3_X64_64 = 0x22;

  private static final String HEXADECIMAL = "0123456789ABCDEF";

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
    UnixFsData data = UnixFsData.decode(message);
    UnixFsData.Shard parameters = data.shard();
    if (parameters == null || parameters.hashType() != MURMUR3_X64_64) {
      throw new MalformedBlockException(cid + " is not a HAMT shard over murmur3");
    }
    long fanout = parameters.fanout();
    if (!ShardingRule.isFanout(fanout)) {
      throw new ContentLimitException(cid + " has the fanout " + fanout);
    }
    int prefix = Long.toHexString(fanout - 1).length();
    checkBuckets(cid, node.links(), prefix, bits(data.data(), fanout));
    return new Shard(node.links(), Long.numberOfTrailingZeros(fanout), prefix);
  }

  /** The bitfield, a big-endian number. */
  private static BigInteger bits(byte[] field, long fanout) {
    BigInteger bits = new BigInteger(1, field);
    if (bits.bitLength() > fanout) {
      throw new MalformedBlockException("a HAMT has bits beyond its fanout");
    }
    return bits;
  }

  private static void checkBuckets(Cid cid, List<PbLink> links, int prefix, BigInteger bits) {
    int previous = -1;
    for (PbLink link : links) {
      int bucket = bucketOf(link, prefix);
      if (bucket <= previous || !bits.testBit(bucket)) {
        throw new MalformedBlockException(cid + " has links that its bitfield does not tell");
      }
      previous = bucket;
    }
    if (bits.bitCount() != links.size()) {
      throw new MalformedBlockException(cid + " has bits in its bitfield without a link");
    }
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
      PbLink link = linkAt(shard, bucket(hash, used, shard));
      used += shard.bits;
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

  private static @Nullable PbLink linkAt(Shard shard, int bucket) {
    for (PbLink link : shard.links) {
      if (bucketOf(link, shard.prefix) == bucket) {
        return link;
      }
    }
    return null;
  }

  /** The bucket of a hash of which so many bits are used up. */
  private static int bucket(long hash, int used, Shard shard) {
    return (int) (hash << used >>> (Long.SIZE - shard.bits));
  }

  private static int bucketOf(PbLink link, int prefix) {
    String name = link.name();
    int bucket = 0;
    for (int i = 0; i < prefix; i++) {
      int digit = i < name.length() ? HEXADECIMAL.indexOf(name.charAt(i)) : -1;
      if (digit < 0) {
        throw new MalformedBlockException("a HAMT link has no bucket in its name");
      }
      bucket = bucket << 4 | digit;
    }
    return bucket;
  }

  /** Hands every entry below {@code root} to {@code entries}, in the order of their hashes. */
  void forEach(Cid root, Consumer<DirectoryEntry> entries) {
    forEach(root, 0, 0, entries);
  }

  /**
   * Recursion is bounded by the bits of the hash: at most 21 levels of three bits.
   *
   * @param path the bits of the hash that led here, the first ones highest
   * @param used how many these are
   */
  private void forEach(Cid cid, long path, int used, Consumer<DirectoryEntry> entries) {
    Shard shard = shard(cid);
    int below = used + shard.bits;
    if (below > Long.SIZE) {
      throw new ContentLimitException("a HAMT is deeper than its hash has bits");
    }
    if (used > 0 && shard.links.isEmpty()) {
      throw new MalformedBlockException(cid + " is an empty shard below another");
    }
    for (PbLink link : shard.links) {
      long there = path | (long) bucketOf(link, shard.prefix) << (Long.SIZE - below);
      String name = link.name().substring(shard.prefix);
      if (name.isEmpty()) {
        forEach(link.cid(), there, below, entries);
      } else {
        checkPlace(cid, name, there, below);
        entries.accept(new DirectoryEntry(name, link.cid(), link.tsize()));
      }
    }
  }

  private static void checkPlace(Cid cid, String name, long path, int used) {
    long hash = Murmur3.hash64(name.getBytes(StandardCharsets.UTF_8));
    if ((hash ^ path) >>> (Long.SIZE - used) != 0) {
      throw new MalformedBlockException(cid + " has a name that its hash puts elsewhere");
    }
  }
}
