package dev.limpet.content.block;

/** A block store could not read or write its files. */
public sealed class StoreFailedException extends ContentException permits DirectoryInUseException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public StoreFailedException(String message) {
    super(message);
  }

  /**
   * Creates the exception with what caused it.
   *
   * @param message one sentence that can be shown to a caller
   * @param cause the fault underneath
   */
  public StoreFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
