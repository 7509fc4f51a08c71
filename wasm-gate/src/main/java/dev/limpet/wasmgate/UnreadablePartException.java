package dev.limpet.wasmgate;

/**
 * A section or function body contains something that is refused, has been reported, and cannot be
 * read past; reading goes on after that part, whose length is known. Never leaves this package.
 */
final class UnreadablePartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadablePartException() {
    super(null, null, false, false);
  }
}
