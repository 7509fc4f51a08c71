package dev.limpet.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.unixfs.UnixFsImporter;
import dev.limpet.content.unixfs.UnixFsProfile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.node.invoke.UnixFsMount;
import dev.limpet.protocol.disk.FolderTree;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.data.DataMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a guest takes to read a file of 64 MiB through {@code fd_read} in steps of 64 KiB: from a
 * mount over one array of the heap, from the embedded store whose cache holds the file, and from a
 * store that was just opened, whose files the system has in memory. The guest does nothing else.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgs = {"-Xmx768m", "-XX:+UseSerialGC", "-XX:-DontCompileHugeMethods"})
public class FileReadBench {
  private static final long QUOTA = 256 << 20;
  private static final long CACHE_BYTES = 96 << 20;

  private final byte[] content = new byte[ReadingGuest.FILE_BYTES];
  private @Nullable Path directory;
  private @Nullable Sandbox sandbox;
  private @Nullable CompiledModule module;
  private @Nullable CachingBlockstore store;
  private @Nullable Cid file;

  /** Imports the file, opens a sandbox and compiles the guest. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    Path folder = Files.createTempDirectory("limpet-bench");
    new Random(1).nextBytes(content);
    store = openStore(folder);
    file =
        new UnixFsImporter(requireNonNull(store), UnixFsProfile.V1_2025)
            .importFile(new ByteArrayInputStream(content))
            .cid();
    Sandbox opened = BenchSandbox.open(folder.resolve("code"), 2, 128 << 20);
    module = opened.compile(ReadingGuest.module());
    sandbox = opened;
    directory = folder;
  }

  private static CachingBlockstore openStore(Path folder) {
    return new CachingBlockstore(
        PackBlockstore.open(folder.resolve("blocks"), PackOptions.store(QUOTA)), CACHE_BYTES);
  }

  /** Removes the folder. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    requireNonNull(sandbox).close();
    requireNonNull(store).close();
    FolderTree.remove(requireNonNull(directory));
  }

  /** From an array. */
  @Benchmark
  public ExecutionResult array() {
    return read(new OneFile(content));
  }

  /** From the cache of the store. */
  @Benchmark
  public ExecutionResult warm() {
    return read(mount(requireNonNull(store)));
  }

  /** From the files of the store, which are opened and closed each time. */
  @Benchmark
  public ExecutionResult cold() {
    requireNonNull(store).close();
    CachingBlockstore fresh = openStore(requireNonNull(directory));
    store = fresh;
    return read(mount(fresh));
  }

  private DataMount mount(BlockSource blocks) {
    return UnixFsMount.of(blocks, new UnixFsReader(blocks).entry(requireNonNull(file)));
  }

  private ExecutionResult read(DataMount data) {
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .arguments(List.of("function"))
            .mount("/data", data)
            .output(OutputStream.nullOutputStream())
            .build();
    ExecutionResult result = requireNonNull(sandbox).run(requireNonNull(module), spec);
    if (!result.outcome().equals(new Outcome.Completed(0))) {
      throw new IllegalStateException(result.outcome() + result.usage().log().tail(1000));
    }
    return result;
  }
}
