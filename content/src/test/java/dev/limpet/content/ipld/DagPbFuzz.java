package dev.limpet.content.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come as dag-pb, they are refused or written again to the same node. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class DagPbFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "0a020801",
            "12240a22122058",
            "120b0a0401550000120161180312060a0401550000",
            "0a0208011a00",
            "12060a0401550000",
            "0a0908021203616263180312060a0401550000",
            "120a0a05015500010018001200")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_bytes_are_refused_or_a_node(byte[] input) {
    Vectors.feed(input, DagPbFuzz::check, "input");
  }

  private static void check(byte[] input) {
    PbNode node = DagPb.decode(input);
    PbNode again = DagPb.decode(DagPb.encode(node));
    assertEquals(node.links(), again.links());
    assertArrayEquals(node.data(), again.data());
    // A value may be refused for the order of its links; then there is nothing to compare.
    PbNode value = DagPb.fromIpld(DagPb.toIpld(node));
    assertArrayEquals(DagPb.encode(node), DagPb.encode(value));
  }
}
