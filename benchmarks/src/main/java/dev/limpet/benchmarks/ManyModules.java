package dev.limpet.benchmarks;

import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.compiler.CompilerBounds;
import dev.limpet.wasmhost.engine.CompileCounts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import javax.crypto.spec.SecretKeySpec;

/**
 * A thousand modules in one sandbox with the bounds of a node: all are compiled, then some are
 * called again and again, and now and then one of the others, whose code comes from the disk. Every
 * tenth of the time it prints {@code seconds resident-MiB calls loaded}, at the end {@code done
 * first-MiB last-MiB}: resident memory after the first and the last tenth. Run by {@code
 * benchmarks/compare many}, and by {@code .ci/nightly} for half an hour.
 */
public final class ManyModules {
  private static final int TENTHS = 10;

  /** One call in so many is of a module that is not hot. */
  private static final int COLD_PART = 200;

  private final Sandbox sandbox;
  private final List<String> hashes = new ArrayList<>();
  private final Random random = new Random(1);
  private final int hot;
  private long calls;

  private ManyModules(Sandbox sandbox, int hot) {
    this.sandbox = sandbox;
    this.hot = hot;
  }

  /**
   * Runs, and fails when a call fails.
   *
   * @param arguments a module; an empty folder; modules; hot ones; seconds
   */
  public static void main(String[] arguments) throws IOException {
    byte[] wasm = Files.readAllBytes(Path.of(arguments[0]));
    long heap = Runtime.getRuntime().maxMemory();
    SandboxConfig.CompiledCache cache =
        new SandboxConfig.CompiledCache(
            Path.of(arguments[1]),
            new SecretKeySpec(new byte[32], "HmacSHA256"),
            1L << 30,
            heap / 4);
    CompilerBounds bounds = CompilerBounds.of(512L << 20, Duration.ofMinutes(2));
    try (Sandbox sandbox = Sandbox.open(new SandboxConfig(cache, 2, heap / 2, bounds, null))) {
      ManyModules many = new ManyModules(sandbox, Integer.parseInt(arguments[3]));
      many.compile(wasm, Integer.parseInt(arguments[2]));
      many.run(Double.parseDouble(arguments[4]));
    }
  }

  /** Modules that differ in a custom section are different modules. */
  private void compile(byte[] wasm, int modules) {
    for (int i = 0; i < modules; i++) {
      byte[] name =
          String.format(Locale.ROOT, "module-%06d", i).getBytes(StandardCharsets.US_ASCII);
      ByteArrayOutputStream module = new ByteArrayOutputStream();
      module.writeBytes(wasm);
      module.write(0);
      module.write(name.length + 1);
      module.write(name.length);
      module.writeBytes(name);
      hashes.add(sandbox.compile(module.toByteArray()).sha256());
    }
    System.out.println("compiled " + sandbox.counts().of(CompileCounts.Event.COMPILED));
  }

  private void run(double seconds) throws IOException {
    long start = System.nanoTime();
    double first = 0;
    double last = 0;
    for (int tenth = 1; tenth <= TENTHS; tenth++) {
      long until = start + (long) (seconds * 1e9 * tenth / TENTHS);
      do {
        boolean cold = random.nextInt(COLD_PART) == 0;
        call(hashes.get(cold ? random.nextInt(hashes.size()) : random.nextInt(hot)));
      } while (System.nanoTime() < until);
      last = ProcessMemory.residentMib("self");
      first = tenth == 1 ? last : first;
      long loaded = sandbox.counts().of(CompileCounts.Event.LOADED);
      System.out.printf(
          Locale.ROOT, "%.0f %.1f %d %d%n", seconds * tenth / TENTHS, last, calls, loaded);
    }
    System.out.printf(Locale.ROOT, "done %.1f %.1f%n", first, last);
  }

  private void call(String sha256) {
    CompiledModule module = sandbox.cached(sha256);
    if (module == null) {
      throw new IllegalStateException("the code of a module is gone: " + sha256);
    }
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .arguments(List.of("function"))
            .output(OutputStream.nullOutputStream())
            .build();
    Outcome outcome = sandbox.run(module, spec).outcome();
    boolean ended = outcome instanceof Outcome.Completed;
    if (!ended) {
      throw new IllegalStateException("a call failed: " + outcome);
    }
    calls++;
  }
}
