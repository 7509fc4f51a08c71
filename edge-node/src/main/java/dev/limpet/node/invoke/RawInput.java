package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmhost.data.DataFile;
import dev.limpet.wasmhost.data.DataNode;
import java.io.InputStream;
import java.util.Objects;

/** A file as the input of a raw function, which has no files. */
final class RawInput extends InputStream {
  private final DataFile file;
  private long position;

  private RawInput(DataFile file) {
    this.file = file;
  }

  /**
   * Reads what a call is on.
   *
   * @throws LimpetException {@code bad-arguments} when it is a directory
   */
  static InputStream of(DataNode node) {
    if (node instanceof DataFile file) {
      return new RawInput(file);
    }
    throw new LimpetException(
        ErrorCode.BAD_ARGUMENTS, "a raw function takes a file; name one below this directory");
  }

  /**
   * Refuses what such a function has no way to see.
   *
   * @throws LimpetException {@code bad-arguments}
   */
  static void check(Invocation invocation) {
    if (!invocation.arguments().isEmpty()) {
      throw new LimpetException(
          ErrorCode.BAD_ARGUMENTS, "a raw function takes no arguments; send them in the body");
    }
    if (invocation.inputs().size() > 1) {
      throw new LimpetException(ErrorCode.BAD_ARGUMENTS, "a raw function takes one input");
    }
  }

  @Override
  public int read() {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, target.length);
    int count = (int) Math.min(length, file.size() - position);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    file.readFully(position, target, offset, count);
    position += count;
    return count;
  }
}
