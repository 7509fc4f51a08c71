package dev.limpet.wasmhost.data;

import org.jspecify.annotations.Nullable;

/**
 * Data that should be there is not, or is not what it should be. It ends the Execution: a guest
 * never sees it as an error that it could ignore.
 */
public final class DataUnavailableException extends RuntimeException {

  /**
   * Names what is missing.
   *
   * @param detail a sentence for the caller, such as which block is missing
   */
  public DataUnavailableException(String detail, @Nullable Throwable cause) {
    super(detail, cause);
  }
}
