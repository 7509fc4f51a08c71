package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Programs made by chance end as {@code fuel-v1.txt} says, with that fuel and those bytes, whatever
 * of the JVM runs them: fuel and NaNs are part of what a Task means. When one of the lines changes,
 * the profile needs another name.
 */
final class FuelVectorsTest {

  private static final int VECTORS = 16;

  /** So often that the JVM compiles the program, and compiles it again with what it has seen. */
  private static final int OFTEN = 300;

  private static List<String> written() throws IOException {
    try (InputStream in = FuelVectorsTest.class.getResourceAsStream("fuel-v1.txt")) {
      byte[] text = Objects.requireNonNull(in, "fuel-v1.txt").readAllBytes();
      return new String(text, StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void programs_end_as_it_is_written_down() throws IOException {
    assertEquals(written(), ProgramRuns.lines(1, VECTORS, 1));
  }

  @Test
  @Tag("long")
  void programs_end_alike_while_the_jvm_compiles_them() throws IOException {
    assertEquals(written().subList(0, 4), ProgramRuns.lines(1, 4, OFTEN));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("nightly")
  void programs_end_as_it_is_written_down_in_each_tier(Tier tier) throws Exception {
    assertEquals(written(), printed(tier, 1, VECTORS));
  }

  @ParameterizedTest
  @EnumSource
  @Tag("nightly")
  void other_programs_each_night_end_alike_in_each_tier(Tier tier) throws Exception {
    long seed = new Random().nextLong() >>> 16;
    System.out.println("programs from the seed " + seed + " in " + tier);
    int programs = tier.name().startsWith("AARCH64") ? 20 : 100;
    assertEquals(ProgramRuns.lines(seed, programs, 1), printed(tier, seed, programs));
  }

  @Test
  @Tag("nightly")
  void other_programs_each_night_end_alike_while_the_jvm_compiles_them() throws IOException {
    long seed = new Random().nextLong() >>> 16;
    System.out.println("programs from the seed " + seed + ", often");
    assertEquals(ProgramRuns.lines(seed, 100, 1), ProgramRuns.lines(seed, 100, OFTEN));
  }

  private static List<String> printed(Tier tier, long seed, int programs) throws Exception {
    ChildJvm.Printed printed =
        tier.run(ProgramRuns.class, Long.toString(seed), Integer.toString(programs), "1");
    assertEquals(0, printed.exitCode(), printed.output());
    return printed.output().lines().toList();
  }
}
