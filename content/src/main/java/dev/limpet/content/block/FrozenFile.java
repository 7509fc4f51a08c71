package dev.limpet.content.block;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The first bytes of a file, to be read later, whatever happens to its name meanwhile: it is held
 * open, and what is appended after {@link #freeze} does not count.
 */
public final class FrozenFile implements AutoCloseable {
  private static final int BUFFER_BYTES = 256 << 10;

  private final String name;
  private final Path path;
  private final FileChannel channel;
  private long size;

  private FrozenFile(String name, Path path, FileChannel channel) {
    this.name = name;
    this.path = path;
    this.channel = channel;
  }

  /**
   * Holds a file as it is now.
   *
   * @param path the file
   * @param name what it is called in the copy
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  public static FrozenFile open(Path path, String name) throws IOException {
    FrozenFile file = new FrozenFile(name, path, FileChannel.open(path, StandardOpenOption.READ));
    try {
      file.freeze();
      return file;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** Counts what was appended until now. */
  void freeze() throws IOException {
    size = channel.size();
  }

  /** What it is called in the copy. */
  public String name() {
    return name;
  }

  /** Its bytes when it was frozen. */
  public long size() {
    return size;
  }

  /**
   * Writes exactly {@link #size} bytes.
   *
   * @throws IOException when the file cannot be read or has been cut since
   */
  public void copyTo(OutputStream out) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    for (long done = 0; done < size; done += buffer.limit()) {
      buffer.clear().limit((int) Math.min(BUFFER_BYTES, size - done));
      if (channel.read(buffer, done) < 0) {
        throw new IOException(path + " was cut while it was read; try again");
      }
      buffer.flip();
      out.write(buffer.array(), 0, buffer.limit());
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
