package dev.limpet.wasmhost;

import dev.limpet.wasmhost.data.DataMount;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** A sandbox in a folder of its own that goes away with it. */
public final class TestSandbox implements AutoCloseable {

  private final Path directory;
  private final Sandbox sandbox;

  private TestSandbox(Path directory, Sandbox sandbox) {
    this.directory = directory;
    this.sandbox = sandbox;
  }

  /** A key that is the same in every test. */
  public static SecretKey key() {
    return new SecretKeySpec(new byte[32], "HmacSHA256");
  }

  /** Four guest threads, 256 MiB of guest memory. */
  public static TestSandbox open() {
    return open(4, 256 << 20);
  }

  /** A sandbox of that size. */
  public static TestSandbox open(int threads, long guestMemoryBytes) {
    try {
      Path directory = Files.createTempDirectory("limpet-sandbox");
      return new TestSandbox(
          directory, Sandbox.open(new SandboxConfig(cache(directory), threads, guestMemoryBytes)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A sandbox that keeps so much of loaded code. */
  static TestSandbox withCacheOf(long memoryBytes) {
    try {
      Path directory = Files.createTempDirectory("limpet-sandbox");
      SandboxConfig.CompiledCache cache =
          new SandboxConfig.CompiledCache(directory, key(), 64 << 20, memoryBytes);
      return new TestSandbox(directory, Sandbox.open(new SandboxConfig(cache, 1, 64 << 20)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A cache of code in that folder. */
  public static SandboxConfig.CompiledCache cache(Path directory) {
    return new SandboxConfig.CompiledCache(directory, key(), 64 << 20, 64 << 20);
  }

  /** The usual limits with so much fuel. */
  static SandboxLimits fuel(long ticks) {
    SandboxLimits all = SandboxLimits.pure0();
    return new SandboxLimits(
        all.memoryBytes(),
        ticks,
        all.outputBytes(),
        all.logBytes(),
        all.openFiles(),
        all.scratchBytes(),
        all.callDepth());
  }

  /** The sandbox itself. */
  public Sandbox sandbox() {
    return sandbox;
  }

  /**
   * What a run gave.
   *
   * @param outcome how it ended
   * @param usage what it used
   * @param output what it wrote
   * @param memory a hash of the guest's memory at its end, see {@link MemoryHash}
   */
  public record Ran(Outcome outcome, Usage usage, byte[] output, String memory) {
    /** The output in UTF-8. */
    public String text() {
      return new String(output, StandardCharsets.UTF_8);
    }

    /** The log in UTF-8. */
    public String log() {
      return usage.log().tail(Integer.MAX_VALUE);
    }
  }

  /** Compiles and runs with the defaults. */
  public Ran run(byte[] wasm) {
    return run(wasm, ExecutionSpec.builder());
  }

  /** Compiles and runs on data. */
  public Ran run(byte[] wasm, DataMount data) {
    return run(wasm, ExecutionSpec.builder().mount("/data", data));
  }

  /** Compiles and runs. */
  public Ran run(byte[] wasm, ExecutionSpec.Builder spec) {
    return run(sandbox, sandbox.compile(wasm), spec);
  }

  /** Runs a module of a sandbox. */
  public static Ran run(Sandbox sandbox, CompiledModule module, ExecutionSpec.Builder spec) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    AtomicReference<String> memory = new AtomicReference<>(MemoryHash.NONE);
    ExecutionSpec whole =
        spec.output(output).memoryAtEnd(guest -> memory.set(MemoryHash.of(guest))).build();
    ExecutionResult result = sandbox.run(module, whole);
    return new Ran(result.outcome(), result.usage(), output.toByteArray(), memory.get());
  }

  @Override
  public void close() throws IOException {
    sandbox.close();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
