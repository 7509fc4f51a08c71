package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.CompiledModule;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One module on its way into memory, for all who wait for it. Who stops waiting takes nothing from
 * the others.
 */
final class ModuleLoad {
  private final CompletableFuture<CompiledModule> result = new CompletableFuture<>();
  private volatile @Nullable Long compilesSinceNanos;

  /** Its wasm is here: what takes time from now on is compiling it. */
  void compiles() {
    compilesSinceNanos = System.nanoTime();
  }

  /** For how long it has been compiled; null while its wasm is read or fetched. */
  @Nullable Duration compilesFor() {
    Long since = compilesSinceNanos;
    return since == null ? null : Duration.ofNanos(System.nanoTime() - since);
  }

  void done(CompiledModule module) {
    result.complete(module);
  }

  void failed(Throwable cause) {
    result.completeExceptionally(cause);
  }

  /**
   * The module; null when the time is over before, and the loading goes on.
   *
   * @throws LimpetException why it could not be loaded
   */
  @Nullable CompiledModule await(Deadline deadline) {
    try {
      return result.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LimpetException(ErrorCode.DRAINING, "the node is stopping", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LimpetException fault) {
        throw new LimpetException(fault.problem(), fault);
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new LimpetException(ErrorCode.INTERNAL, "the function could not be loaded", e);
    }
  }
}
