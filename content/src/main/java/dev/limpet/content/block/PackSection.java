package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.CidFormatException;
import dev.limpet.content.cid.Multihash;
import dev.limpet.content.cid.Varint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes around the blocks of a segment: a CARv1 header, then for each block a section of
 * varint(length of CID and block), CID, block (CARv1 specification). No identity CIDs.
 *
 * @param prefix bytes of length and CID
 * @param length bytes of the block
 * @param cid what the block hashes to
 */
record PackSection(int prefix, int length, Cid cid) {
  /** What index files and tables know a block by: {@link Multihash#key}. */
  static final int KEY_BYTES = Multihash.KEY_BYTES;

  /**
   * What every segment starts with: version 1 and, because the specification asks for a root and
   * readers refuse a CAR without, the identity CID of nothing ({@code bafkqaaa}).
   */
  static final byte[] FILE_HEADER = {
    0x19, // 25 bytes follow
    (byte) 0xa2, // a map of two
    0x65,
    'r',
    'o',
    'o',
    't',
    's',
    (byte) 0x81, // a list of one
    (byte) 0xd8,
    0x2a,
    0x45,
    0x00,
    0x01,
    0x55,
    0x00,
    0x00, // tag 42, five bytes: the CID
    0x67,
    'v',
    'e',
    'r',
    's',
    'i',
    'o',
    'n',
    0x01
  };

  /** Longest length and CID that precede a block: three bytes, version, codec, hash, digest. */
  static final int MAX_PREFIX_BYTES =
      4 + 1 + Varint.MAX_VARINT_BYTES + 2 + Multihash.MAX_DIGEST_BYTES;

  /** Length, version, codec, hash, and the shortest digest. */
  private static final int MIN_PREFIX_BYTES = 1 + 2 + 2 + Multihash.MIN_DIGEST_BYTES;

  int total() {
    return prefix + length;
  }

  /** The length and CID that precede a block. */
  static byte[] prefixOf(Cid cid, int blockLength) {
    byte[] name = cid.toBytes();
    long sectionLength = (long) name.length + blockLength;
    ByteBuffer prefix = ByteBuffer.allocate(Varint.size(sectionLength) + name.length);
    Varint.write(sectionLength, prefix);
    return prefix.put(name).array();
  }

  /** The CID in a prefix that {@link #parse} accepted. */
  static Cid cidOf(byte[] prefix) {
    ByteBuffer buffer = ByteBuffer.wrap(prefix);
    Varint.read(buffer);
    return Cid.read(buffer);
  }

  /**
   * Reads the start of a section.
   *
   * @param buffer starts with the section's prefix; its position is not moved
   * @param available bytes from there to the end of the file
   * @return the section, or null when this is not the start of a whole section of ours
   */
  static @Nullable PackSection parse(ByteBuffer buffer, long available) {
    // Salvage asks this for every byte of damaged files: the cheap checks come first.
    if (available < MIN_PREFIX_BYTES || !mayStartSection(buffer)) {
      return null;
    }
    ByteBuffer view = buffer.slice();
    view.limit((int) Math.min(Math.min(view.limit(), available), MAX_PREFIX_BYTES));
    try {
      long sectionLength = Varint.read(view);
      int lengthBytes = view.position();
      Cid cid = Cid.read(view);
      long blockLength = sectionLength - (view.position() - lengthBytes);
      boolean fits = sectionLength <= available - lengthBytes;
      if (cid.isIdentity() || !fits || blockLength < 0 || blockLength > Block.MAX_BLOCK_BYTES) {
        return null;
      }
      return new PackSection(view.position(), (int) blockLength, cid);
    } catch (CidFormatException e) {
      return null; // The question was whether this is a section; it is not.
    }
  }

  /** Whether a CID of version 0 or 1 follows one to four bytes that may be a length. */
  private static boolean mayStartSection(ByteBuffer buffer) {
    int at = buffer.position();
    int limit = Math.min(buffer.limit() - 1, at + 4);
    while (at < limit && buffer.get(at) < 0) {
      at++;
    }
    if (at >= limit) {
      return false;
    }
    byte first = buffer.get(at + 1);
    return first == 0x01 || first == 0x12;
  }
}
