package dev.limpet.wasmhost.data;

import java.io.IOException;

/** The input of a function that takes it in one piece is longer than it may be. */
public final class InputTooLongException extends IOException {

  /**
   * Says how long it may be.
   *
   * @param maxBytes the limit
   */
  public InputTooLongException(long maxBytes) {
    super("a raw function takes an input of at most " + maxBytes + " bytes");
  }
}
