package dev.limpet.content.unixfs;

import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Varint;
import dev.limpet.content.ipld.PbLink;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * Makes a directory of named children: one node with links sorted by name bytes, or, when that
 * node's block would be larger than the profile allows, a HAMT.
 *
 * <p>In a HAMT the first 64 bits of murmur3 place a name, consumed from the most significant byte,
 * one byte a level; the bitfield is a big-endian number without leading zeros. The specification's
 * text says otherwise in both; its vectors and all implementations do this.
 */
final class DirectoryLayout {
  /** Names within one directory that an import keeps in memory, about 200 bytes each. */
  static final int MAX_DIRECTORY_ENTRIES = 1_000_000;

  private static final long MURMUR3_X64_64 = 0x22;
  private static final int HASH_BYTES = Long.BYTES;

  private final BlockSink sink;
  private final UnixFsProfile profile;

  /** A child with what sorting and placing need. */
  private record Named(byte[] bytes, String name, long hash, Node node) {
    PbLink link(String prefix) {
      return node.link(prefix + name);
    }
  }

  DirectoryLayout(BlockSink sink, UnixFsProfile profile) {
    this.sink = sink;
    this.profile = profile;
  }

  /** Puts the directory; the names are distinct. */
  Node build(TreeMap<String, Node> children) {
    List<Named> named = new ArrayList<>(children.size());
    long size = 0;
    for (var child : children.entrySet()) {
      byte[] bytes = child.getKey().getBytes(StandardCharsets.UTF_8);
      named.add(new Named(bytes, child.getKey(), Murmur3.hash64(bytes), child.getValue()));
      size = Math.addExact(size, child.getValue().size());
    }
    if (blockBytes(named) > profile.directoryBytes()) {
      return shard(named, 0, size);
    }
    named.sort(Comparator.comparing(Named::bytes, Arrays::compareUnsigned));
    List<PbLink> links = named.stream().map(child -> child.link("")).toList();
    return Node.inner(sink, links, UnixFsData.directory(), size);
  }

  /** Exact size of the flat directory's block, without making it. */
  private static long blockBytes(List<Named> children) {
    long bytes = 2L + UnixFsData.directory().encode().length;
    for (Named child : children) {
      long link =
          field(child.node.cid().encodedLength())
              + field(child.bytes.length)
              + 1L
              + Varint.size(child.node.dagSize());
      bytes += 1 + Varint.size(link) + link;
    }
    return bytes;
  }

  private static long field(long length) {
    return 1 + Varint.size(length) + length;
  }

  private Node shard(List<Named> children, int depth, long size) {
    if (depth == HASH_BYTES) {
      throw new ContentLimitException(
          "two names have the same hash: " + children.get(0).name + ", " + children.get(1).name);
    }
    TreeMap<Integer, List<Named>> buckets = new TreeMap<>();
    for (Named child : children) {
      int bucket = (int) (child.hash >>> (Long.SIZE - 8 * (depth + 1))) & 0xff;
      buckets.computeIfAbsent(bucket, _ -> new ArrayList<>()).add(child);
    }
    List<PbLink> links = new ArrayList<>(buckets.size());
    BigInteger bits = BigInteger.ZERO;
    for (var bucket : buckets.entrySet()) {
      bits = bits.setBit(bucket.getKey());
      links.add(shardLink(bucket.getKey(), bucket.getValue(), depth));
    }
    var parameters = new UnixFsData.Shard(MURMUR3_X64_64, UnixFsProfile.HAMT_FANOUT);
    return Node.inner(sink, links, UnixFsData.shard(unsigned(bits), parameters), size);
  }

  private PbLink shardLink(int bucket, List<Named> children, int depth) {
    String prefix = String.format(Locale.ROOT, "%02X", bucket);
    if (children.size() == 1) {
      return children.getFirst().link(prefix);
    }
    return shard(children, depth + 1, 0).link(prefix);
  }

  private static byte[] unsigned(BigInteger bits) {
    byte[] bytes = bits.toByteArray();
    return bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }
}
