package dev.limpet.gateway.memo;

import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32C;

/**
 * What a gateway remembers of who keeps which answer, on its disk, so that equal calls find their
 * answers after a restart, too. It is written now and then and at a stop: what came since is lost
 * with a process that is killed, and costs a run. A file that is not whole is none.
 *
 * <p>Eight bytes that name the form, then the entries as {@link Keepers#encoded} gives them, then
 * their CRC-32C in four bytes.
 */
public final class KeeperFile implements AutoCloseable {
  /** How long what is new may be in memory alone: the file may have three megabytes. */
  public static final Duration MAX_UNSAVED_TIME = Duration.ofMinutes(10);

  private static final System.Logger LOG = System.getLogger(KeeperFile.class.getName());
  private static final String NAME = "keepers";
  private static final long FORM = 0x6c6d_7074_6b70_7231L;
  private static final int FRAME_BYTES = Long.BYTES + Integer.BYTES;
  private static final long LONGEST =
      FRAME_BYTES + (long) Keepers.MAX_KEEPERS * Keepers.ENTRY_BYTES;

  private final Path file;
  private final Keepers keepers;

  /** That of a gateway, whose keepers it fills with what is there. */
  public static KeeperFile open(Path gatewayDir, Keepers keepers) {
    KeeperFile file = new KeeperFile(gatewayDir.resolve(NAME), keepers);
    file.load();
    return file;
  }

  private KeeperFile(Path file, Keepers keepers) {
    this.file = file;
    this.keepers = keepers;
  }

  private void load() {
    try {
      long length = Files.size(file);
      byte[] all =
          length < FRAME_BYTES || length > LONGEST ? new byte[0] : Files.readAllBytes(file);
      ByteBuffer bytes = ByteBuffer.wrap(all);
      if (all.length < FRAME_BYTES
          || bytes.getLong() != FORM
          || bytes.getInt(all.length - Integer.BYTES) != sum(all)) {
        LOG.log(Level.WARNING, "{0} is not whole: who keeps which answer is learnt anew", file);
        return;
      }
      keepers.add(bytes.limit(all.length - Integer.BYTES));
    } catch (NoSuchFileException e) {
      LOG.log(Level.DEBUG, "nothing is remembered of who keeps which answer", e);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "who keeps which answer is learnt anew", e);
    }
  }

  private static int sum(byte[] all) {
    CRC32C sum = new CRC32C();
    sum.update(all, 0, all.length - Integer.BYTES);
    return (int) sum.getValue();
  }

  /**
   * Writes what is remembered, if it has changed. Blocks.
   *
   * @return whether it is on the disk; if not, the log says why
   */
  public synchronized boolean save() {
    byte[] entries = keepers.encoded();
    if (entries == null) {
      return true;
    }
    byte[] all = new byte[FRAME_BYTES + entries.length];
    ByteBuffer bytes = ByteBuffer.wrap(all).putLong(FORM).put(entries);
    bytes.putInt(sum(all));
    try {
      SyncedFiles.replace(file, all);
      return true;
    } catch (IOException e) {
      keepers.change();
      LOG.log(Level.WARNING, "who keeps which answer is not on the disk", e);
      return false;
    }
  }

  /** Writes what is remembered. */
  @Override
  public void close() {
    boolean _ = save();
  }
}
