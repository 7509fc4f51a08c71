package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A block: bytes and the CID that names them.
 *
 * <p>The array is never copied, neither in nor out, because blocks are big and travel through many
 * hands: <b>it must not be modified</b>. The constructor trusts that the bytes match the CID; bytes
 * from outside come in through {@link #verified}.
 *
 * @param cid the name
 * @param bytes at most {@link #MAX_BLOCK_BYTES}, not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Equality is by value below; sharing is the purpose.
public record Block(Cid cid, byte[] bytes) {
  /** What IPFS implementations exchange: 2 MiB. A bigger block could not be fetched by a peer. */
  public static final int MAX_BLOCK_BYTES = 2 << 20;

  /**
   * Checks the size.
   *
   * @throws ContentLimitException when there are more than {@link #MAX_BLOCK_BYTES} bytes
   */
  public Block {
    if (bytes.length > MAX_BLOCK_BYTES) {
      throw new ContentLimitException(
          "block " + cid + " has " + bytes.length + " bytes; a block has at most 2 MiB");
    }
  }

  /**
   * A block from outside, with its hash checked.
   *
   * @param cid what the bytes claim to be
   * @param bytes the bytes
   * @return the block
   * @throws HashMismatchException when the bytes do not hash to the CID
   * @throws ContentLimitException when there are too many bytes
   */
  public static Block verified(Cid cid, byte[] bytes) {
    Block block = new Block(cid, bytes);
    if (!cid.multihash().matches(bytes)) {
      throw new HashMismatchException(cid);
    }
    return block;
  }

  /**
   * Names bytes by their CID (version 1, sha2-256).
   *
   * @param codec the codec of the bytes
   * @param bytes the bytes
   * @return the block
   * @throws ContentLimitException when there are too many bytes
   */
  public static Block of(long codec, byte[] bytes) {
    return new Block(Cid.of(codec, bytes), bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Block that && cid.equals(that.cid) && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return cid.hashCode();
  }

  @Override
  public String toString() {
    return "Block[" + cid + ", " + bytes.length + " bytes]";
  }
}
