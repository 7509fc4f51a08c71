package dev.limpet.wasmhost;

/** A module was admitted and still not compiled, by no fault of its own: another try may do it. */
public final class NotCompiledException extends RuntimeException {

  NotCompiledException(String detail, Throwable cause) {
    super(detail, cause);
  }
}
