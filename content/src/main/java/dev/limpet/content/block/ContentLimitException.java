package dev.limpet.content.block;

/** Content that is too big, too deep or too wide to be processed, or that lies about its size. */
public final class ContentLimitException extends ContentException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to a caller
   */
  public ContentLimitException(String message) {
    super(message);
  }

  /**
   * Creates the exception with what caused it.
   *
   * @param message one sentence that can be shown to a caller
   * @param cause the fault underneath
   */
  public ContentLimitException(String message, Throwable cause) {
    super(message, cause);
  }
}
