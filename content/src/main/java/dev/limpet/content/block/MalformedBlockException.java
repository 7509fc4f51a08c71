package dev.limpet.content.block;

/** A block whose bytes are not what its codec, or UnixFS, allows. */
public final class MalformedBlockException extends ContentException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public MalformedBlockException(String message) {
    super(message);
  }

  /**
   * Creates the exception with what caused it.
   *
   * @param message one sentence that can be shown to a caller
   * @param cause the fault underneath
   */
  public MalformedBlockException(String message, Throwable cause) {
    super(message, cause);
  }
}
