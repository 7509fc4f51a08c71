package dev.limpet.benchmarks;

import static java.util.Objects.requireNonNull;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One block into the store and out of it, below every cache: the get reads a sealed segment, asks
 * its index file and hashes; the put does not wait for the disk, and the block was hashed before.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xmx256m", "-XX:+UseSerialGC"})
public class BlockBench {
  private static final long QUOTA = 1L << 30;
  private static final int SEGMENT_BYTES = 8 << 20;
  private static final long STORED_BYTES = 64 << 20;

  /** Bytes of a block. */
  @Param({"4096", "262144"})
  private int size;

  private final Random random = new Random(7);
  private final List<Block> stored = new ArrayList<>();
  private @Nullable Path directory;
  private @Nullable PackBlockstore store;
  private @Nullable PackBlockstore cache;
  private byte[] bytes = {};
  private int next;

  /** Fills a store with 64 MiB. */
  @Setup
  public void fill() throws IOException {
    directory = Files.createTempDirectory("limpet-blocks");
    store =
        PackBlockstore.open(
            directory.resolve("store"), new PackOptions(QUOTA, SEGMENT_BYTES, false));
    cache =
        PackBlockstore.open(
            directory.resolve("cache"), new PackOptions(STORED_BYTES, SEGMENT_BYTES, true));
    for (long i = 0; i < STORED_BYTES / size; i++) {
      bytes = new byte[size];
      random.nextBytes(bytes);
      Block block = Block.of(Multicodec.RAW, bytes);
      store.put(block);
      stored.add(block);
    }
  }

  /** Removes it. */
  @TearDown(Level.Trial)
  public void remove() throws IOException {
    requireNonNull(store).close();
    requireNonNull(cache).close();
    FolderTree.remove(requireNonNull(directory));
  }

  /** A block that is there. */
  @Benchmark
  public byte @Nullable [] get() {
    next = next + 1 < stored.size() ? next + 1 : 0;
    return requireNonNull(store).get(stored.get(next).cid());
  }

  /** Whether a block is there. */
  @Benchmark
  public boolean has() {
    next = next + 1 < stored.size() ? next + 1 : 0;
    return requireNonNull(store).has(stored.get(next).cid());
  }

  /** A new block, hashed, into a store that forgets its oldest. */
  @Benchmark
  public Block put() {
    bytes[next++ & (size - 1)]++;
    bytes[random.nextInt(size)]++;
    Block block = Block.of(Multicodec.RAW, bytes.clone());
    requireNonNull(cache).put(block);
    return block;
  }
}
