package dev.limpet.content.unixfs;

import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;

/**
 * What the CIDs of an import are made of, besides what its profile says.
 *
 * @param function code of the hash function in the multihash table; one that blocks are checked
 *     with
 * @param inline bytes up to which a block is in its CID, and in no sink; 0 (never) to {@value
 *     Multihash#MAX_IDENTITY_BYTES}
 */
public record CidRule(long function, int inline) {
  /** SHA2-256, and nothing inlined. */
  public static final CidRule USUAL = new CidRule(Multicodec.SHA2_256, 0);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is not met, with a sentence
   */
  public CidRule {
    if (inline < 0 || inline > Multihash.MAX_IDENTITY_BYTES) {
      throw new IllegalArgumentException(
          "a CID holds at most " + Multihash.MAX_IDENTITY_BYTES + " bytes, not " + inline);
    }
    Multihash.hash(function, new byte[0]); // refuses what is not supported
  }

  /** Whether CIDs are hashed as nearly all are. */
  boolean isSha256() {
    return function == Multicodec.SHA2_256;
  }
}
