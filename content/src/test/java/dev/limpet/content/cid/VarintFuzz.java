package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever bytes come, they begin with a varint in its shortest form or are refused. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class VarintFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "00", "7f", "8001", "ffffffffffffffff7f", "ffffffffffffffffff01", "8000", "80", "")
        .map(hex -> Arguments.of((Object) HexFormat.of().parseHex(hex)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_bytes_are_refused_or_begin_with_a_varint(byte[] input) {
    Vectors.feed(input, VarintFuzz::check, "input");
  }

  private static void check(byte[] input) {
    ByteBuffer buffer = ByteBuffer.wrap(input);
    long value = Varint.read(buffer);
    assertArrayEquals(Arrays.copyOf(input, buffer.position()), Varint.encode(value));
  }
}
