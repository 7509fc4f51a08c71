package dev.limpet.wasmhost.engine;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.limpet.wasmhost.RandomProgram;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Valid programs whose every choice is a byte of the input do the same, with the same fuel, in
 * compiled code and in the interpreter: where {@link EngineFuzz} gets past the gate once in many
 * tries, this always does. A target of Jazzer for {@code .ci/fuzz}; builds and nights run {@link
 * RandomProgramsTest} with chance alone.
 */
final class ProgramFuzz {

  private static final int SEEDS = 8;
  private static final int SEED_BYTES = 4_000;

  /** Chance that takes its bits from bytes as long as there are some. */
  private static final class Choices extends Random {
    private static final long serialVersionUID = 1L;

    private final byte[] bytes;
    private int at;

    Choices(byte[] bytes) {
      super(Arrays.hashCode(bytes));
      this.bytes = bytes;
    }

    @Override
    protected int next(int bits) {
      if (at >= bytes.length) {
        return super.next(bits);
      }
      // The low bits of a choice are what nextInt of a small bound looks at, the high ones what
      // nextBoolean and powers of two do.
      int choice = (bytes[at++] & 0xff) * 0x0101_0101;
      return choice >>> (Integer.SIZE - bits);
    }
  }

  static Stream<byte[]> seeds() {
    return Stream.iterate(0, seed -> seed + 1)
        .limit(SEEDS)
        .map(
            seed -> {
              byte[] bytes = new byte[SEED_BYTES];
              new Random(seed).nextBytes(bytes);
              return bytes;
            });
  }

  @MethodSource("seeds")
  @FuzzTest
  void programs_do_the_same_in_both_engines(byte[] choices) {
    byte[] plain = RandomProgram.plain(new Choices(choices));
    byte[] measured = RandomProgram.measured(new Choices(choices));
    String _ = RandomProgramsTest.compare("the program", plain, measured);
  }
}
