package dev.limpet.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Sandbox;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * What calls cost in the sandbox alone. Each line of standard input asks for something and gets one
 * line: {@code command FILE CALLS} and {@code raw FILE CALLS CALLERS} call a module so often and
 * answer CPU microseconds and bytes allocated for one call, over all Java threads; {@code first
 * FILE TIMES} has the code of a module on the disk and answers wall and CPU microseconds until the
 * first call has ended, in a sandbox that was just opened. Run by {@code benchmarks/compare
 * sandbox}.
 */
public final class SandboxRuns {
  private static final byte[] NUMBERS = "1\n2\n3\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NOTHING = {};

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final Path folder;
  private @Nullable Sandbox kept;

  private SandboxRuns(Path folder) {
    this.folder = folder;
  }

  /**
   * Answers lines until standard input ends.
   *
   * @param arguments an empty folder for compiled code
   */
  public static void main(String[] arguments) throws IOException {
    SandboxRuns runs = new SandboxRuns(Path.of(arguments[0]));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      System.out.println(runs.answer(line.split(" ")));
    }
    runs.sandbox().close();
  }

  private String answer(String[] words) throws IOException {
    byte[] wasm = Files.readAllBytes(Path.of(words[1]));
    int times = Integer.parseInt(words[2]);
    return switch (words[0]) {
      case "command" -> calls(sandbox().compile(wasm), false, times, 1);
      case "raw" -> calls(sandbox().compile(wasm), true, times, Integer.parseInt(words[3]));
      case "first" -> first(wasm, times);
      default -> throw new IllegalArgumentException(words[0]);
    };
  }

  private Sandbox sandbox() {
    Sandbox sandbox = kept;
    if (sandbox == null) {
      sandbox = open();
      kept = sandbox;
    }
    return sandbox;
  }

  private Sandbox open() {
    return BenchSandbox.open(folder, 1, 128 << 20);
  }

  private String calls(CompiledModule module, boolean raw, int times, int callers) {
    long bytes = threads.getTotalThreadAllocatedBytes();
    ThreadCpu used = new ThreadCpu();
    if (callers == 1) {
      callSome(module, raw, times);
    } else {
      try (ExecutorService calling = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < callers; i++) {
          calling.execute(() -> callSome(module, raw, times / callers));
        }
      }
    }
    return each(used.nanos() / 1000.0, times)
        + " "
        + each((double) (threads.getTotalThreadAllocatedBytes() - bytes), times);
  }

  private void callSome(CompiledModule module, boolean raw, int times) {
    for (int i = 0; i < times; i++) {
      call(sandbox(), module, raw);
    }
  }

  private String first(byte[] wasm, int times) {
    String sha256 = sandbox().compile(wasm).sha256();
    double least = Double.MAX_VALUE;
    double cpu = 0;
    for (int i = 0; i < times; i++) {
      try (Sandbox fresh = open()) {
        ThreadCpu used = new ThreadCpu();
        long start = System.nanoTime();
        CompiledModule module = fresh.cached(sha256);
        if (module == null) {
          throw new IllegalStateException("its code is not on the disk");
        }
        call(fresh, module, false);
        least = Math.min(least, (System.nanoTime() - start) / 1000.0);
        cpu += used.nanos() / 1000.0;
      }
    }
    return each(least, 1) + " " + each(cpu, times);
  }

  private static String each(double sum, int times) {
    return String.format(Locale.ROOT, "%.2f", sum / times);
  }

  private static void call(Sandbox sandbox, CompiledModule module, boolean raw) {
    ExecutionSpec.Builder spec = ExecutionSpec.builder().output(OutputStream.nullOutputStream());
    if (raw) {
      spec.raw().input(new ByteArrayInputStream(NUMBERS)).mayRunHere(NUMBERS);
    } else {
      spec.arguments(List.of("function")).mayRunHere(NOTHING);
    }
    ExecutionResult result = sandbox.run(module, spec.build());
    boolean ended = result.outcome() instanceof Outcome.Completed;
    if (!ended) {
      throw new IllegalStateException(result.outcome() + result.usage().log().tail(1000));
    }
  }
}
