package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.content.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever text comes, it is refused or the only one for its bytes. A target of Jazzer: a build
 * looks at the seeds alone, {@code .ci/fuzz} goes on from there.
 */
public final class MultibaseFuzz {
  /** Good and bad inputs. */
  public static Stream<Arguments> seeds() {
    return Stream.of("bafkqaaa", "zQm11", "k51qzi5", "uAXASIA", "b", "z1112", "MAXX", "baa=")
        .map(text -> Arguments.of((Object) text.getBytes(StandardCharsets.UTF_8)));
  }

  /** One input. */
  @MethodSource("seeds")
  @FuzzTest
  public void any_text_is_refused_or_the_only_one(byte[] input) {
    Vectors.feed(input, MultibaseFuzz::check, "input");
  }

  private static void check(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    byte[] bytes = Multibase.decodePrefixed(text);
    assertEquals(text, Multibase.ofPrefix(text.charAt(0)).encodePrefixed(bytes));
  }
}
