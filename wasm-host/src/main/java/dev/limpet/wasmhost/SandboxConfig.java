package dev.limpet.wasmhost;

import dev.limpet.wasmhost.compiler.CompilerBounds;
import java.nio.file.Path;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox gets from its process.
 *
 * @param cache where compiled code is kept
 * @param guestThreads guests that run at once, from 1 to 1024
 * @param guestMemoryBytes of all guests together, really held; half the heap is a good value
 * @param compiler what the process may take that compiles; without it this process does, in which
 *     nothing bounds it
 */
public record SandboxConfig(
    CompiledCache cache,
    int guestThreads,
    long guestMemoryBytes,
    @Nullable CompilerBounds compiler) {

  private static final int MAX_GUEST_THREADS = 1024;

  /** Checks the numbers. */
  public SandboxConfig {
    if (guestThreads < 1 || guestThreads > MAX_GUEST_THREADS) {
      throw new IllegalArgumentException("guestThreads must be from 1 to 1024: " + guestThreads);
    }
    if (guestMemoryBytes < 0) {
      throw new IllegalArgumentException("guestMemoryBytes is negative: " + guestMemoryBytes);
    }
  }

  /** One that compiles in this process: for commands that live for one module, and for tests. */
  public SandboxConfig(CompiledCache cache, int guestThreads, long guestMemoryBytes) {
    this(cache, guestThreads, guestMemoryBytes, null);
  }

  /**
   * Where compiled code is kept.
   *
   * @param directory made with mode 0700 when absent; nobody else may write into it
   * @param macKey of HmacSHA256: only what this key vouches for is ever loaded
   * @param diskBytes what the directory may hold; 0 keeps nothing on disk
   * @param memoryBytes an estimate of what loaded modules may hold of heap and metaspace
   */
  public record CompiledCache(Path directory, SecretKey macKey, long diskBytes, long memoryBytes) {

    /** Checks the sizes. */
    public CompiledCache {
      if (diskBytes < 0 || memoryBytes < 0) {
        throw new IllegalArgumentException("a cache of negative size");
      }
    }

    @Override
    public String toString() {
      return "CompiledCache[" + directory + ", " + diskBytes + ", " + memoryBytes + "]";
    }
  }
}
