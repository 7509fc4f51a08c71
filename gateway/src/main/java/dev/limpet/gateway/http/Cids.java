package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;

/** CIDs in paths and cursors. */
final class Cids {
  private Cids() {}

  /** The CID of version 1. Fails with {@code bad-cid}. */
  static Cid parse(String text) {
    try {
      return Cid.parse(text).toV1();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_CID, String.valueOf(e.getMessage()), e);
    }
  }
}
