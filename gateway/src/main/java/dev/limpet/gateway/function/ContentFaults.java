package dev.limpet.gateway.function;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.CarFormatException;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.block.PathNotFoundException;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.protocol.ByteSizes;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;

/** Turns failures of the content layer into answers. */
final class ContentFaults {
  private ContentFaults() {}

  /** What to answer when blocks that came from outside are refused, or ours cannot be stored. */
  static LimpetException toAnswer(ContentException e) {
    return switch (e) {
      case QuotaExceededException full ->
          new LimpetException(
              ErrorCode.QUOTA_EXCEEDED,
              "functions use up the gateway's quota of "
                  + ByteSizes.format(full.quotaBytes())
                  + "; remove some with limpet functions rm, or raise function-quota",
              e);
      case StoreFailedException _ ->
          new LimpetException(ErrorCode.STORE_FAILED, "the gateway's store of functions failed", e);
      case HashMismatchException _ -> bad(ErrorCode.BAD_BLOCK, e);
      case BlockNotFoundException missing ->
          new LimpetException(
              ErrorCode.BAD_CAR, "the block " + missing.cid() + " is missing in the CAR", e);
      case CarFormatException _ -> bad(ErrorCode.BAD_CAR, e);
      case MalformedBlockException _ -> bad(ErrorCode.BAD_BLOCK, e);
      case ContentLimitException _ -> bad(ErrorCode.BAD_CAR, e);
      case PathNotFoundException _ -> bad(ErrorCode.BAD_CAR, e);
    };
  }

  private static LimpetException bad(ErrorCode code, ContentException e) {
    return new LimpetException(code, String.valueOf(e.getMessage()), e);
  }
}
