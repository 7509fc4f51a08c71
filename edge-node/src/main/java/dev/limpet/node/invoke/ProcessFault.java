package dev.limpet.node.invoke;

import org.jspecify.annotations.Nullable;

/** Tells errors that leave the whole process in doubt from those of one request. */
public final class ProcessFault {
  private ProcessFault() {}

  /**
   * The error of a JVM without memory or stack that this is, or that caused it: what is loaded, or
   * done by another thread, wraps it. Null when there is none.
   */
  public static @Nullable VirtualMachineError in(Throwable thrown) {
    Throwable cause = thrown;
    while (cause != null && !(cause instanceof VirtualMachineError)) {
      cause = cause.getCause();
    }
    return (VirtualMachineError) cause;
  }
}
