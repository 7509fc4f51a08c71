package dev.limpet.content.car;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import dev.limpet.content.block.Block;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come as a CAR, they are refused or blocks that match their CIDs. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class CarFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "11a265726f6f7473806776657273696f6e01",
            "19a265726f6f747381d82a450001550000676776657273696f6e01",
            "11a265726f6f7473806776657273696f6e010401550000",
            "11a265726f6f7473806776657273696f6e0100",
            "11a265726f6f7473806776657273696f6e0106015500026869",
            "0aa16776657273696f6e020000000000000000000000000000000033000000000000001200000000000000000000000000000011a265726f6f7473806776657273696f6e01",
            "0aa16776657273696f6e03")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_bytes_are_refused_or_blocks_that_match(byte[] input) {
    Vectors.feed(input, CarFuzz::check, "input");
  }

  private static void check(byte[] input) {
    try (CarReader reader = new CarReader(new ByteArrayInputStream(input), LIMITS)) {
      for (Block block = reader.next(); block != null; block = reader.next()) {
        assertTrue(block.cid().multihash().matches(block.bytes()));
        assertTrue(reader.offset() <= input.length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final CarLimits LIMITS = new CarLimits(1 << 20, 1000);
}
