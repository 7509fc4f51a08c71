package dev.limpet.content.block;

/** A path below a root that does not exist; the message names the segment. */
public final class PathNotFoundException extends ContentException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public PathNotFoundException(String message) {
    super(message);
  }

  /**
   * Creates the exception with what caused it.
   *
   * @param message one sentence that can be shown to a caller
   * @param cause the fault underneath
   */
  public PathNotFoundException(String message, Throwable cause) {
    super(message, cause);
  }
}
