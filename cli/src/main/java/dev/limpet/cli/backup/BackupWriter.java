package dev.limpet.cli.backup;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.content.cid.Sha256;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/** Writes files into a backup, and the list of them at the end. */
final class BackupWriter {
  private final OutputStream out;
  private final LongConsumer progress;
  private final List<BackupList.Item> written = new ArrayList<>();

  /**
   * @param progress is told how many bytes of content were written each time
   */
  BackupWriter(OutputStream out, LongConsumer progress) {
    this.out = out;
    this.progress = progress;
  }

  /** Adds a file under the name that it has in the whole backup. */
  void add(String name, FrozenFile file) throws IOException {
    if (written.size() >= BackupList.MAX_BACKUP_FILES) {
      throw new IOException("more than " + BackupList.MAX_BACKUP_FILES + " files");
    }
    TarHeader header = new TarHeader(name, file.size());
    out.write(header.encode());
    MessageDigest digest = Sha256.begin();
    file.copyTo(new DigestOutputStream(new Counting(), digest));
    out.write(new byte[header.padding()]);
    written.add(new BackupList.Item(name, file.size(), HexFormat.of().formatHex(digest.digest())));
  }

  /** Writes the list and the end. */
  BackupList finish(String kind, Instant createdAt, Map<String, String> folders)
      throws IOException {
    BackupList list = new BackupList(kind, createdAt, folders, written);
    byte[] text = list.encode();
    TarHeader header = new TarHeader(BackupList.nameOf(text), text.length);
    out.write(header.encode());
    out.write(text);
    out.write(new byte[header.padding()]);
    out.write(new byte[2 * TarHeader.BLOCK_BYTES]);
    out.flush();
    return list;
  }

  /** Passes on, and tells how much. */
  private final class Counting extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      progress.accept(length);
    }
  }
}
