package dev.limpet.wasmhost;

import dev.limpet.wasmhost.compiler.CompilerBounds;
import dev.limpet.wasmhost.compiler.TrustedCode;
import java.nio.file.Path;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox gets from its process.
 *
 * @param cache where compiled code is kept
 * @param cores guests that compute at once, from 1 to 1024; more may be waiting for their callers
 * @param guestMemoryBytes of all guests together, really held; half the heap is a good value
 * @param compiler what the process may take that compiles; without it this process does, in which
 *     nothing bounds it
 * @param built code that others made, taken instead of compiling; null for none
 */
public record SandboxConfig(
    CompiledCache cache,
    int cores,
    long guestMemoryBytes,
    @Nullable CompilerBounds compiler,
    @Nullable TrustedCode built) {

  /**
   * Guests that have begun and not ended, when there are no more cores than that: each has a thread
   * with a stack of 16 MiB, of which it touches what it uses.
   */
  public static final int MAX_GUESTS = 64;

  private static final int MAX_CORES = 1024;

  /** Checks the numbers. */
  public SandboxConfig {
    if (cores < 1 || cores > MAX_CORES) {
      throw new IllegalArgumentException("cores must be from 1 to 1024: " + cores);
    }
    if (guestMemoryBytes < 0) {
      throw new IllegalArgumentException("guestMemoryBytes is negative: " + guestMemoryBytes);
    }
  }

  /** One that compiles in this process: for commands that live for one module, and for tests. */
  public SandboxConfig(CompiledCache cache, int cores, long guestMemoryBytes) {
    this(cache, cores, guestMemoryBytes, null, null);
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
