package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.PbLink;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sharded directories that no honest writer made. */
class HamtTest {
  private static final long MURMUR3 = 0x22;

  private final InMemoryBlockstore store = new InMemoryBlockstore();
  private final NodeSink nodes = new NodeSink(store, UnixFsProfile.V1_2025);
  private final Node leaf = nodes.part(new byte[] {1});

  /** The bucket of a name in a shard of 256 at a level. */
  private static int bucket(String name, int level) {
    long hash = Murmur3.hash64(name.getBytes(StandardCharsets.UTF_8));
    return (int) (hash >>> (Long.SIZE - 8 * (level + 1))) & 0xff;
  }

  private static String prefix(int bucket) {
    return String.format(Locale.ROOT, "%02X", bucket);
  }

  private PbLink entry(String name, int level) {
    return leaf.link(prefix(bucket(name, level)) + name);
  }

  private static byte[] bits(int... buckets) {
    BigInteger bits = BigInteger.ZERO;
    for (int bucket : buckets) {
      bits = bits.setBit(bucket);
    }
    byte[] bytes = bits.toByteArray();
    return bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private Node shard(byte[] bitfield, long hashType, long fanout, PbLink... links) {
    var parameters = new UnixFsData.Shard(hashType, fanout);
    return nodes.inner(List.of(links), UnixFsData.shard(bitfield, parameters), 0);
  }

  /** An honest shard of 256 over these links. */
  private Node shard(PbLink... links) {
    int[] buckets =
        Arrays.stream(links)
            .mapToInt(link -> Integer.parseInt(link.name().substring(0, 2), 16))
            .toArray();
    return shard(bits(buckets), MURMUR3, 256, links);
  }

  private List<String> listed(Node root) {
    UnixFsReader reader = new UnixFsReader(store);
    UnixFsDirectory directory = assertInstanceOf(UnixFsDirectory.class, reader.entry(root.cid()));
    return reader.list(directory, null, 1000).entries().stream().map(DirectoryEntry::name).toList();
  }

  private void refused(Class<? extends ContentException> why, Node root) {
    assertThrows(why, () -> listed(root));
    UnixFsReader reader = new UnixFsReader(store);
    UnixFsDirectory directory = new UnixFsDirectory(root.cid(), 0, -1);
    assertThrows(why, () -> reader.lookup(directory, "a"));
  }

  @Test
  void an_honest_shard_is_listed_and_searched() {
    Node root = shard(entry("a", 0));
    assertEquals(List.of("a"), listed(root));
    UnixFsReader reader = new UnixFsReader(store);
    UnixFsDirectory directory = new UnixFsDirectory(root.cid(), 0, -1);
    assertEquals(leaf.cid(), Objects.requireNonNull(reader.lookup(directory, "a")).cid());
    assertNull(reader.lookup(directory, "b"));
    assertEquals(List.of(), listed(shard()));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4, 7, 255, 2048, 1L << 31, 1L << 32, 1L << 62, Long.MAX_VALUE})
  void a_fanout_that_no_writer_uses_is_refused_before_a_table_is_made(long fanout) {
    refused(ContentLimitException.class, shard(new byte[0], MURMUR3, fanout));
  }

  @Test
  void another_hash_than_murmur3_is_refused() {
    refused(MalformedBlockException.class, shard(new byte[0], 0x12, 256));
  }

  @Test
  void a_bitfield_that_tells_something_else_than_the_links_is_refused() {
    int bucket = bucket("a", 0);
    PbLink a = entry("a", 0);
    refused(MalformedBlockException.class, shard(new byte[0], MURMUR3, 256, a));
    refused(MalformedBlockException.class, shard(bits(bucket ^ 1), MURMUR3, 256, a));
    refused(MalformedBlockException.class, shard(bits(bucket, bucket ^ 1), MURMUR3, 256, a));
    refused(MalformedBlockException.class, shard(bits(bucket), MURMUR3, 256, a, a));
    byte[] beyond = new byte[33];
    beyond[0] = 1;
    refused(MalformedBlockException.class, shard(beyond, MURMUR3, 256));
    byte[] huge = new byte[1 << 20];
    Arrays.fill(huge, (byte) 0xff);
    refused(MalformedBlockException.class, shard(huge, MURMUR3, 256));
  }

  @Test
  void links_out_of_order_are_refused() {
    PbLink low = leaf.link("01x");
    PbLink high = leaf.link("02y");
    refused(MalformedBlockException.class, shard(bits(1, 2), MURMUR3, 256, high, low));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "0g", "+1a", "-1a", "ffa", " 1a", "\u0661\u0661a"})
  void a_link_without_a_bucket_in_its_name_is_refused(String name) {
    refused(MalformedBlockException.class, shard(bits(1), MURMUR3, 256, leaf.link(name)));
  }

  @Test
  void a_name_in_a_bucket_that_is_not_its_own_is_not_listed() {
    int wrong = bucket("a", 0) ^ 1;
    Node root = shard(leaf.link(prefix(wrong) + "a"));
    assertThrows(MalformedBlockException.class, () -> listed(root));
    Node below = shard(entry("a", 1));
    Node elsewhere = shard(below.link(prefix(wrong)));
    assertThrows(MalformedBlockException.class, () -> listed(elsewhere));
    Node rightly = shard(below.link(prefix(bucket("a", 0))));
    assertEquals(List.of("a"), listed(rightly));
  }

  @Test
  void what_is_below_a_bucket_must_be_a_shard() {
    String prefix = prefix(bucket("a", 0));
    refused(MalformedBlockException.class, shard(leaf.link(prefix)));
    Node flat = nodes.inner(List.of(), UnixFsData.directory(), 0);
    refused(MalformedBlockException.class, shard(flat.link(prefix)));
  }

  @Test
  void a_shard_deeper_than_its_hash_has_bits_is_refused() {
    Node node = shard(entry("a", 7));
    for (int level = 7; level >= 0; level--) {
      node = shard(node.link(prefix(bucket("a", level))));
    }
    refused(ContentLimitException.class, node);
  }

  @Test
  void shards_that_are_linked_from_every_bucket_do_not_multiply() {
    assertThrows(MalformedBlockException.class, () -> listed(full(shard())));
    Node bomb = shard(entry("a", 7));
    for (int level = 6; level >= 0; level--) {
      bomb = full(bomb);
    }
    Node root = bomb;
    CountingSource counting = new CountingSource(store);
    UnixFsReader reader = new UnixFsReader(counting);
    UnixFsDirectory directory = new UnixFsDirectory(root.cid(), 0, -1);
    assertThrows(MalformedBlockException.class, () -> reader.list(directory, null, 10));
    assertTrue(counting.reads() < 20, counting.reads() + " blocks read");
  }

  /** A shard of which each of the 256 buckets is the same shard. */
  private Node full(Node below) {
    List<PbLink> links = new ArrayList<>();
    for (int bucket = 0; bucket < 256; bucket++) {
      // Its sizes would add up to more than a long holds.
      links.add(new PbLink(below.cid(), prefix(bucket), 1));
    }
    return shard(links.toArray(PbLink[]::new));
  }

  @Test
  void a_missing_shard_is_a_missing_block() {
    Cid absent = Cid.of(Multicodec.DAG_PB, new byte[] {9});
    Node root = shard(new PbLink(absent, prefix(bucket("a", 0)), 1));
    refused(BlockNotFoundException.class, root);
  }
}
