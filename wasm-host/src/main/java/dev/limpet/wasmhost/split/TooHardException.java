package dev.limpet.wasmhost.split;

/** A method stays as it is, and why. */
final class TooHardException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  TooHardException(String why) {
    super(why, null, false, false);
  }
}
