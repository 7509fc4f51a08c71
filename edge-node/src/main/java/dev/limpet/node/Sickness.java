package dev.limpet.node;

import dev.limpet.node.invoke.ProcessFault;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Whether this process can still be trusted with anything. An {@link OutOfMemoryError} or a {@link
 * StackOverflowError} may come at any instruction of ours, so what was being done then is half
 * done, and nobody knows what: the process ends what it can, and must be started anew. What a guest
 * is denied for lack of memory is no such error.
 */
final class Sickness {
  private static final System.Logger LOG = System.getLogger(Sickness.class.getName());

  private final CompletableFuture<String> first = new CompletableFuture<>();

  /** Takes note of an error, if it is one after which the process is sick, or caused by one. */
  void report(Throwable error) {
    VirtualMachineError fault = ProcessFault.in(error);
    if (fault != null && first.complete(fault.toString())) {
      LOG.log(Level.ERROR, "this process is sick: it ends, and must be started again", error);
    }
  }

  /** The error, or null while the process is well. */
  @Nullable String reason() {
    return first.getNow(null);
  }

  /** Completes with the error when the process becomes sick. */
  CompletableFuture<String> sick() {
    return first.copy();
  }
}
