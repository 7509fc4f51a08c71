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
 * Whatever bytes come as dag-cbor, they are refused or the only form of their value. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class DagCborFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "a26161016162820203",
            "d82a4500015500",
            "d82a480001551303010203",
            "fb3ff0000000000000",
            "1bffffffffffffffff",
            "9f",
            "bf6161",
            "f97e00",
            "a2616102616101",
            "818181818180",
            "63e6b0b4",
            "5f4101ff")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_bytes_are_refused_or_the_only_form(byte[] input) {
    Vectors.feed(input, DagCborFuzz::check, "input");
  }

  private static void check(byte[] input) {
    int links = DagCbor.links(input).size();
    Ipld value = DagCbor.decode(input);
    assertArrayEquals(input, DagCbor.encode(value));
    // A map may look like a link in dag-json and is refused then.
    byte[] json = DagJson.encode(value);
    assertEquals(value, DagJson.decode(json));
    assertEquals(links, DagJson.links(json).size());
  }
}
