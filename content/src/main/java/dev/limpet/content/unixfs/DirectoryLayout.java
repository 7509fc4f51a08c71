package dev.limpet.content.unixfs;

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
 * Makes a directory of named children: one node with links sorted by name bytes, or, when the
 * profile's rule says so, a HAMT.
 *
 * <p>In a HAMT the first 64 bits of murmur3 place a name, consumed from the most significant bit,
 * as many a level as the fan-out has; the bitfield is a big-endian number without leading zeros.
 * The specification's text says otherwise in both; its vectors and all implementations do this.
 */
final class DirectoryLayout {
  /** Names within one directory that an import keeps in memory, about 200 bytes each. */
  static final int MAX_DIRECTORY_ENTRIES = 1_000_000;

  private static final long MURMUR3_X64_64 = 0x22;

  private final NodeSink nodes;
  private final ShardingRule rule;
  private final int bits;
  private final String prefix;

  /** A child with what sorting and placing need. */
  private record Named(byte[] bytes, String name, long hash, Node node) {
    PbLink link(String prefix) {
      return node.link(prefix + name);
    }
  }

  DirectoryLayout(NodeSink nodes) {
    this.nodes = nodes;
    this.rule = nodes.profile().sharding();
    this.bits = Integer.numberOfTrailingZeros(rule.fanout());
    this.prefix = "%0" + Integer.toHexString(rule.fanout() - 1).length() + "X";
  }

  /** Puts the directory; the names are distinct. */
  Node build(TreeMap<String, Node> children, UnixFsData.Metadata metadata) {
    List<Named> named = new ArrayList<>(children.size());
    long size = 0;
    for (var child : children.entrySet()) {
      byte[] bytes = child.getKey().getBytes(StandardCharsets.UTF_8);
      named.add(new Named(bytes, child.getKey(), Murmur3.hash64(bytes), child.getValue()));
      size = Math.addExact(size, child.getValue().size());
    }
    UnixFsData flat = UnixFsData.directory().with(metadata);
    if (rule.shards(named.size(), measured(named, flat))) {
      return shard(named, 0, size, metadata);
    }
    named.sort(Comparator.comparing(Named::bytes, Arrays::compareUnsigned));
    List<PbLink> links = named.stream().map(child -> child.link("")).toList();
    return nodes.inner(links, flat, size);
  }

  private long measured(List<Named> children, UnixFsData flat) {
    return switch (rule.measure()) {
      case BLOCK -> blockBytes(children, flat);
      case LINKS ->
          children.stream()
              .mapToLong(child -> child.bytes.length + child.node.cid().encodedLength())
              .sum();
      case NONE -> 0;
    };
  }

  /** Exact size of the flat directory's block, without making it. */
  private static long blockBytes(List<Named> children, UnixFsData flat) {
    long bytes = field(flat.encode().length);
    for (Named child : children) {
      long link =
          field(child.node.cid().encodedLength())
              + field(child.bytes.length)
              + 1L
              + Varint.size(child.node.dagSize());
      bytes += field(link);
    }
    return bytes;
  }

  private static long field(long length) {
    return 1 + Varint.size(length) + length;
  }

  private Node shard(List<Named> children, int used, long size, UnixFsData.Metadata metadata) {
    if (used + bits > Long.SIZE) {
      throw new ContentLimitException(
          "two names have the same hash: " + children.get(0).name + ", " + children.get(1).name);
    }
    TreeMap<Integer, List<Named>> buckets = new TreeMap<>();
    for (Named child : children) {
      int bucket = (int) (child.hash << used >>> (Long.SIZE - bits));
      buckets.computeIfAbsent(bucket, _ -> new ArrayList<>()).add(child);
    }
    List<PbLink> links = new ArrayList<>(buckets.size());
    BigInteger field = BigInteger.ZERO;
    for (var bucket : buckets.entrySet()) {
      field = field.setBit(bucket.getKey());
      links.add(shardLink(bucket.getKey(), bucket.getValue(), used + bits));
    }
    var parameters = new UnixFsData.Shard(MURMUR3_X64_64, rule.fanout());
    UnixFsData data = UnixFsData.shard(unsigned(field), parameters).with(metadata);
    return nodes.inner(links, data, size);
  }

  private PbLink shardLink(int bucket, List<Named> children, int used) {
    String name = String.format(Locale.ROOT, prefix, bucket);
    if (children.size() == 1) {
      return children.getFirst().link(name);
    }
    return shard(children, used, 0, UnixFsData.Metadata.ABSENT).link(name);
  }

  private static byte[] unsigned(BigInteger bits) {
    byte[] bytes = bits.toByteArray();
    return bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }
}
