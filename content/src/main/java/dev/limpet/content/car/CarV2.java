package dev.limpet.content.car;

import dev.limpet.content.block.CarFormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * What stands before the data of a CARv2: eleven bytes that no CARv1 begins with, then a header of
 * 40 that says where a CARv1 lies in the file. The index behind it is for readers that jump, and
 * not looked at here.
 *
 * @param dataOffset where the CARv1 begins, in bytes from the start of the file
 * @param dataBytes its size
 */
record CarV2(long dataOffset, long dataBytes) {
  /** Length of the header, which follows what {@link #isPragma} knows and its length. */
  static final int HEADER_BYTES = 40;

  private static final int CHARACTERISTICS_BYTES = 16;
  private static final long PREFIX_BYTES = 11 + HEADER_BYTES;

  /** {@code {version: 2}} in DAG-CBOR. */
  private static final byte[] PRAGMA = {(byte) 0xa1, 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x02};

  /** Whether these are the bytes where a CARv1 has its header. */
  static boolean isPragma(byte[] header) {
    return Arrays.equals(PRAGMA, header);
  }

  /** Reads the header, whose characteristics bind nobody who reads from start to end. */
  static CarV2 read(byte[] header) {
    ByteBuffer in = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    long offset = in.getLong(CHARACTERISTICS_BYTES);
    long bytes = in.getLong(CHARACTERISTICS_BYTES + Long.BYTES);
    if (offset < PREFIX_BYTES || bytes < 1 || offset > Long.MAX_VALUE - bytes) {
      throw new CarFormatException(
          "the CARv2's header at byte "
              + (PREFIX_BYTES - HEADER_BYTES)
              + " says that its data begins at byte "
              + Long.toUnsignedString(offset)
              + " and has "
              + Long.toUnsignedString(bytes)
              + " bytes, which cannot be");
    }
    return new CarV2(offset, bytes);
  }

  /** The byte behind the data. */
  long end() {
    return dataOffset + dataBytes;
  }
}
