package dev.limpet.content.block;

/**
 * A CAR that is cut, corrupt or of a version that this build does not read; the message has the
 * offset.
 */
public final class CarFormatException extends ContentException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public CarFormatException(String message) {
    super(message);
  }

  /**
   * Creates the exception with what caused it.
   *
   * @param message one sentence that can be shown to a caller
   * @param cause the fault underneath
   */
  public CarFormatException(String message, Throwable cause) {
    super(message, cause);
  }
}
