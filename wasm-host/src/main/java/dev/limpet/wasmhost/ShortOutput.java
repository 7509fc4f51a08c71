package dev.limpet.wasmhost;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a guest writes while nobody knows yet whether its call counts. */
final class ShortOutput extends OutputStream {

  /** A call that writes more is not short. */
  static final int MAX_SHORT_OUTPUT_BYTES = 8 << 10;

  private final List<byte[]> writes = new ArrayList<>(4);
  private int bytes;

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    if (length > MAX_SHORT_OUTPUT_BYTES - bytes) {
      throw new IOException("more than a short answer");
    }
    writes.add(Arrays.copyOfRange(source, offset, offset + length));
    bytes += length;
  }

  /** Writes all of it there, one write for each of the guest's own. */
  void passTo(OutputStream output) throws IOException {
    for (byte[] each : writes) {
      output.write(each, 0, each.length);
    }
  }
}
