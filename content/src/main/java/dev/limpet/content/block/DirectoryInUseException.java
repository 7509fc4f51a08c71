package dev.limpet.content.block;

/** The folder of a store belongs to another process, or to another store of this one. */
public final class DirectoryInUseException extends StoreFailedException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public DirectoryInUseException(String message) {
    super(message);
  }
}
