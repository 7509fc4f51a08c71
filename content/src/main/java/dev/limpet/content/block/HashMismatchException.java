package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;

/** Bytes that are not the block that their CID names. */
public final class HashMismatchException extends ContentException {
  private final transient Cid cid;

  /**
   * Creates the exception.
   *
   * @param cid the block that the bytes claim to be
   */
  public HashMismatchException(Cid cid) {
    super("the bytes do not hash to " + cid);
    this.cid = cid;
  }

  /**
   * Creates the exception for bytes that came in something larger.
   *
   * @param cid the block that the bytes claim to be
   * @param place where they are, to be read after "the bytes"
   */
  public HashMismatchException(Cid cid, String place) {
    super("the bytes " + place + " do not hash to " + cid);
    this.cid = cid;
  }

  /**
   * The block that the bytes claim to be.
   *
   * @return its CID
   */
  public Cid cid() {
    return cid;
  }
}
