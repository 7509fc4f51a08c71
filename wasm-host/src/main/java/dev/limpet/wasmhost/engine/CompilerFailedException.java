package dev.limpet.wasmhost.engine;

/** A module was not compiled, and not by its own fault: another try may do it. */
public final class CompilerFailedException extends RuntimeException {

  /** Says what happened, as part of a sentence. */
  public CompilerFailedException(String detail) {
    super(detail);
  }

  /** The same, with what caused it. */
  public CompilerFailedException(String detail, Throwable cause) {
    super(detail, cause);
  }
}
