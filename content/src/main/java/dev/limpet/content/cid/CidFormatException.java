package dev.limpet.content.cid;

import java.util.Objects;

/** Text or bytes that are no CID, multihash or varint that this build accepts; says why. */
public final class CidFormatException extends IllegalArgumentException {
  /**
   * Creates the exception.
   *
   * @param message one sentence that can be shown to whoever sent the CID
   */
  public CidFormatException(String message) {
    super(message);
  }

  /** Always there, and fit to be shown to a caller. */
  @Override
  public String getMessage() {
    return Objects.requireNonNull(super.getMessage());
  }
}
