package dev.limpet.wasmhost;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Runs programs made by chance as commands in a sandbox, and says of each in one line how it ended,
 * what fuel it took, the hash of what it wrote, in which are its memory and globals, and that of
 * its memory at the end. The same lines come of every JVM on every machine. A main class, so that a
 * JVM with other flags, or for another processor, can be asked.
 */
public final class ProgramRuns {

  /** Fuel bounds a run; an emulated processor may take its time. */
  private static final Duration WALL = Duration.ofMinutes(30);

  private ProgramRuns() {}

  /**
   * Prints the lines.
   *
   * @param arguments the first seed, how many seeds, how often each program runs
   */
  public static void main(String[] arguments) throws IOException {
    long seed = Long.parseLong(arguments[0]);
    int programs = Integer.parseInt(arguments[1]);
    lines(seed, programs, Integer.parseInt(arguments[2])).forEach(System.out::println);
  }

  /** The lines of the programs from that seed on. */
  public static List<String> lines(long firstSeed, int programs, int repeats) throws IOException {
    List<String> lines = new ArrayList<>();
    try (TestSandbox sandbox = TestSandbox.open(1, 64 << 20)) {
      for (long seed = firstSeed; seed < firstSeed + programs; seed++) {
        lines.add("program " + seed + " " + line(sandbox, RandomProgram.command(seed), repeats));
      }
    }
    return lines;
  }

  private static String line(TestSandbox sandbox, byte[] wasm, int repeats) {
    String first = line(run(sandbox, wasm));
    for (int i = 1; i < repeats; i++) {
      String again = line(run(sandbox, wasm));
      if (!again.equals(first)) {
        return first + ", but then " + again;
      }
    }
    return first;
  }

  private static TestSandbox.Ran run(TestSandbox sandbox, byte[] wasm) {
    return sandbox.run(wasm, ExecutionSpec.builder().wall(WALL));
  }

  /** How a run ended, what it took, what it wrote, and what its memory was then. */
  public static String line(TestSandbox.Ran ran) {
    String how =
        switch (ran.outcome()) {
          case Outcome.Completed(int exitCode) -> "exit-" + exitCode;
          case Outcome.Trapped(String reason) -> "Trapped:" + reason.replace(' ', '-');
          case Outcome other -> other.getClass().getSimpleName();
        };
    return String.join(
        " ", how, Long.toString(ran.usage().fuel()), sha256(ran.output()), ran.memory());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
