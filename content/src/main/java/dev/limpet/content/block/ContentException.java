package dev.limpet.content.block;

import java.util.Objects;

/**
 * What can go wrong with content. Every reader of this module that meets hostile or missing data
 * ends in one of these, or in {@link dev.limpet.content.cid.CidFormatException}.
 */
public abstract sealed class ContentException extends RuntimeException
    permits BlockNotFoundException,
        HashMismatchException,
        MalformedBlockException,
        ContentLimitException,
        QuotaExceededException,
        CarFormatException,
        PathNotFoundException,
        StoreFailedException {
  ContentException(String message) {
    super(message);
  }

  ContentException(String message, Throwable cause) {
    super(message, cause);
  }

  /** Always there, and fit to be shown to a caller. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
