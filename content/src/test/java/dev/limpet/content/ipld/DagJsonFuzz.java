package dev.limpet.content.ipld;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever text comes as dag-json, it is refused or written again to the same value. A target of
 * Jazzer: a build looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class DagJsonFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of(
            "{\"a\":[1,-2.5e3,true,null],\"b\":{\"/\":\"bafkqaaa\"}}",
            "{\"/\":{\"bytes\":\"AQI\"}}",
            "\"\\ud83d\\ude00\"",
            "[18446744073709551615,1e308,0.1]",
            "{\"/\":1}",
            " [ ] ",
            "nul")
        .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_text_is_refused_or_a_value(byte[] input) {
    Vectors.feed(input, DagJsonFuzz::check, "input");
  }

  private static void check(byte[] input) {
    Ipld value = DagJson.decode(input);
    byte[] json = DagJson.encode(value);
    assertEquals(value, DagJson.decode(json));
    assertEquals(value, DagCbor.decode(DagCbor.encode(value)));
  }
}
