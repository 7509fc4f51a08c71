package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come as a CID, binary or text, they are refused or have one form. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class CidFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "12205891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
            "015512205891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03",
            "01550003010203",
            "0155130101",
            "0170122000",
            "6261666b716161",
            "516d")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_bytes_are_refused_or_one_cid(byte[] input) {
    Vectors.feed(input, CidFuzz::check, "input");
  }

  private static void check(byte[] input) {
    Vectors.feed(input, bytes -> assertArrayEquals(bytes, Cid.decode(bytes).toBytes()), "binary");
    Vectors.feed(
        input,
        bytes -> {
          Cid link = Cid.decodeLink(bytes);
          assertArrayEquals(bytes, link.toBytes());
          assertEquals(link, Cid.parseLink(link.toString()));
        },
        "link");
    Cid cid = Cid.parse(new String(input, StandardCharsets.ISO_8859_1));
    assertEquals(cid, Cid.parse(cid.toString()));
  }
}
