package dev.limpet.cli.backup;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.content.cid.Sha256;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backup from its first byte to its last, and believes nothing: not a byte may differ from
 * what a {@link BackupWriter} writes, and every file has the digest that the list at the end says.
 */
final class BackupReader {
  private static final int BUFFER_BYTES = 256 << 10;

  private final Path file;
  private final LongConsumer progress;

  /** Where the contents go. */
  @FunctionalInterface
  interface Target {
    /** Takes the next file, all of it, and closes the stream. */
    OutputStream open(String name) throws IOException;
  }

  /**
   * @param progress is told how many bytes of content were read each time
   */
  BackupReader(Path file, LongConsumer progress) {
    this.file = file;
    this.progress = progress;
  }

  /**
   * Reads all of it. What {@code target} got is only worth something when this returns.
   *
   * @throws CliException {@code bad-backup} when it is no backup, not whole, or was changed
   * @throws IOException when it cannot be read, or the target fails
   */
  BackupList read(Target target) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      return read(in, target);
    } catch (EOFException e) {
      throw bad("it ends in the middle: " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private BackupList read(InputStream in, Target target) throws IOException {
    List<BackupList.Item> found = new ArrayList<>();
    while (true) {
      TarHeader header = header(in);
      if (header == null) {
        throw bad("it has no list of its files");
      }
      if (BackupList.isList(header.name())) {
        return list(in, header, found);
      }
      if (found.size() >= BackupList.MAX_BACKUP_FILES) {
        throw bad("it has more than " + BackupList.MAX_BACKUP_FILES + " files");
      }
      found.add(content(in, header, target));
    }
  }

  private @Nullable TarHeader header(InputStream in) throws IOException {
    byte[] block = exactly(in, TarHeader.BLOCK_BYTES, "the head of a file");
    for (byte b : block) {
      if (b != 0) {
        return TarHeader.decode(block);
      }
    }
    return null;
  }

  private BackupList.Item content(InputStream in, TarHeader header, Target target)
      throws IOException {
    MessageDigest digest = Sha256.begin();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream out = target.open(header.name())) {
      for (long left = header.size(); left > 0; ) {
        int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read < 0) {
          throw new EOFException(header.name());
        }
        digest.update(buffer, 0, read);
        out.write(buffer, 0, read);
        progress.accept(read);
        left -= read;
      }
    }
    zeros(in, header.padding());
    return new BackupList.Item(
        header.name(), header.size(), HexFormat.of().formatHex(digest.digest()));
  }

  private BackupList list(InputStream in, TarHeader header, List<BackupList.Item> found)
      throws IOException {
    if (header.size() > BackupList.MAX_LIST_BYTES) {
      throw bad("its list has more than " + BackupList.MAX_LIST_BYTES + " bytes");
    }
    byte[] text = exactly(in, (int) header.size(), "the list of files");
    if (!BackupList.nameOf(text).equals(header.name())) {
      throw bad("its list of files was changed");
    }
    zeros(in, header.padding() + 2 * TarHeader.BLOCK_BYTES);
    if (in.read() >= 0) {
      throw bad("something follows its end");
    }
    BackupList list = BackupList.decode(text);
    for (int i = 0; i < Math.max(found.size(), list.files().size()); i++) {
      if (i >= found.size() || i >= list.files().size()) {
        throw bad("it has " + found.size() + " files, and lists " + list.files().size());
      }
      if (!found.get(i).equals(list.files().get(i))) {
        throw bad(found.get(i).name() + " was changed");
      }
    }
    return list;
  }

  private void zeros(InputStream in, int count) throws IOException {
    for (byte b : exactly(in, count, "the end of a file")) {
      if (b != 0) {
        throw bad("something stands between its files");
      }
    }
  }

  private static byte[] exactly(InputStream in, int count, String what) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException(what);
    }
    return bytes;
  }

  private CliException bad(String why) {
    return new CliException(
        ExitCode.REFUSED, "bad-backup", file + " is not a whole backup: " + why);
  }
}
