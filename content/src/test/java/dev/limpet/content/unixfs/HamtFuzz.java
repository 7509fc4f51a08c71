package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.PbLink;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever shards come, listing refuses them or looking up finds each name that it lists. A target
 * of Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class HamtFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "0800010361",
            "03ff00023061",
            "0801000630304101023000",
            "0a000333313061",
            "05ffff0230410103314200")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_shards_are_refused_or_agree_with_themselves(byte[] input) {
    Vectors.feed(input, HamtFuzz::check, "input");
  }

  private static void check(byte[] input) {
    ByteBuffer in = ByteBuffer.wrap(input);
    InMemoryBlockstore store = new InMemoryBlockstore();
    NodeSink nodes = new NodeSink(store, UnixFsProfile.V1_2025);
    List<Node> made = new ArrayList<>(List.of(nodes.part(new byte[] {1})));
    // Each shard: log2 of the fan-out, a bitfield, then links by name to what was made before.
    while (in.remaining() > 2 && made.size() < 50) {
      long fanout = 1L << (in.get() & 15);
      byte[] bitfield = take(in, in.get() & 31);
      List<PbLink> links = new ArrayList<>();
      for (int more = in.hasRemaining() ? in.get() & 15 : 0;
          more > 0 && in.remaining() > 1;
          more--) {
        Node below = made.get((in.get() & 0xff) % made.size());
        String name =
            new String(take(in, in.hasRemaining() ? in.get() & 15 : 0), StandardCharsets.UTF_8);
        links.add(new PbLink(below.cid(), name, 1));
      }
      UnixFsData data = UnixFsData.shard(bitfield, new UnixFsData.Shard(0x22, fanout));
      made.add(nodes.inner(links, data, 0));
    }
    UnixFsReader reader = new UnixFsReader(store);
    Cid root = made.getLast().cid();
    UnixFsDirectory directory = new UnixFsDirectory(root, 0, -1);
    for (DirectoryEntry entry : reader.list(directory, null, 1000).entries()) {
      assertEquals(entry, reader.lookup(directory, entry.name()));
    }
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[Math.min(length, in.remaining())];
    in.get(bytes);
    return bytes;
  }
}
