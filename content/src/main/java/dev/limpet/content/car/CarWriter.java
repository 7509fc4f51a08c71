package dev.limpet.content.car;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Varint;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/**
 * Writes a CARv1. The order and choice of blocks are the caller's; the stream is neither flushed
 * nor closed.
 */
public final class CarWriter {
  private final OutputStream out;

  /**
   * Writes the header.
   *
   * @param out receives the CAR; give a buffered one when blocks are small
   * @param roots at most {@link CarLimits#MAX_ROOTS}
   * @throws IOException when the stream fails
   */
  public CarWriter(OutputStream out, List<Cid> roots) throws IOException {
    if (roots.size() > CarLimits.MAX_ROOTS) {
      throw new IllegalArgumentException(roots.size() + " roots are too many for one CAR");
    }
    this.out = out;
    byte[] header = CarHeader.encode(roots);
    out.write(Varint.encode(header.length));
    out.write(header);
  }

  /**
   * Writes one block.
   *
   * @param block the block
   * @throws IOException when the stream fails
   */
  public void write(Block block) throws IOException {
    byte[] cid = block.cid().toBytes();
    out.write(Varint.encode((long) cid.length + block.bytes().length));
    out.write(cid);
    out.write(block.bytes());
  }

  /**
   * How many bytes a block takes in a CAR.
   *
   * @param cid its CID
   * @param blockBytes its size
   * @return length, CID and block
   */
  public static long sectionBytes(Cid cid, long blockBytes) {
    long payload = cid.encodedLength() + blockBytes;
    return Varint.size(payload) + payload;
  }
}
