package dev.limpet.cli.backup;

import dev.limpet.cli.CliException;
import dev.limpet.content.block.FrozenFile;
import dev.limpet.gateway.store.GatewayFolder;
import dev.limpet.node.store.NodeFolder;
import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.protocol.audit.AuditLog;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.config.FolderSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * What a backup of a folder takes: a gateway's or a node's data folder, or the folder of {@code
 * limpet up} with several of them and the configuration beside them. All files are held open as
 * they were before the first is copied; the processes may run on.
 */
public final class Backup implements AutoCloseable {
  /** The kind of a backup of {@code up}'s folder. */
  static final String MACHINE = "machine";

  /** Files beside the data folders: configuration and tokens are small. */
  static final int MAX_LOOSE_BYTES = 1 << 20;

  /** Files beside the data folders. */
  static final int MAX_LOOSE_FILES = 100;

  /** Data folders of one backup: those of an {@code up}, and some that it no longer starts. */
  static final int MAX_FOLDERS = 256;

  private final Path dir;
  private final Map<String, FolderSnapshot> folders = new LinkedHashMap<>();
  private final List<FrozenFile> loose = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  /**
   * What a backup has, or what was restored from it.
   *
   * @param kind {@code gateway}, {@code node} or {@code machine}
   * @param createdAt when the backup was made
   * @param files how many
   * @param bytes of all of them
   */
  public record Summary(String kind, Instant createdAt, int files, long bytes) {
    static Summary of(BackupList list) {
      return new Summary(list.kind(), list.createdAt(), list.files().size(), list.bytes());
    }
  }

  private Backup(Path dir) {
    this.dir = dir;
  }

  /**
   * Holds what is to be copied.
   *
   * @param cache whether data of nodes that can be fetched again is copied, too
   * @param scratch a private folder for the time until {@link #close}
   * @throws CliException (wrong usage) when there is no data folder
   * @throws dev.limpet.protocol.LimpetException when it is of a newer build, or damaged
   * @throws IOException when something cannot be read
   */
  public static Backup open(Path dir, boolean cache, Path scratch) throws IOException {
    Backup backup = new Backup(dir);
    boolean whole = false;
    try {
      backup.hold(cache, scratch);
      whole = true;
      return backup;
    } finally {
      if (!whole) {
        backup.close();
      }
    }
  }

  private void hold(boolean cache, Path scratch) throws IOException {
    if (!Files.isDirectory(dir)) {
      throw CliException.usage("there is no folder " + dir + "; name one with --dir");
    }
    String process = FolderFormat.processOf(dir);
    if (!process.isEmpty()) {
      folders.put(".", freeze(dir, process, cache, scratch));
      return;
    }
    for (Path child : children()) {
      String name = String.valueOf(child.getFileName());
      String owner = Files.isDirectory(child) ? FolderFormat.processOf(child) : "";
      if (!owner.isEmpty() && folders.size() < MAX_FOLDERS) {
        folders.put(name, freeze(child, owner, cache, scratch));
      } else if (isLoose(child)) {
        loose.add(FrozenFile.open(child, name));
      } else {
        leftOut.add(name);
      }
    }
    if (folders.isEmpty()) {
      throw CliException.usage(
          dir + " is no data folder of a gateway or a node, and none of limpet up");
    }
  }

  private List<Path> children() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(child -> TarHeader.isName(String.valueOf(child.getFileName())))
          .sorted()
          .toList();
    }
  }

  private boolean isLoose(Path file) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) <= MAX_LOOSE_BYTES
        && loose.size() < MAX_LOOSE_FILES;
  }

  private static FolderSnapshot freeze(Path folder, String process, boolean cache, Path scratch)
      throws IOException {
    return process.equals(FolderFormat.GATEWAY)
        ? GatewayFolder.freeze(folder, scratch)
        : NodeFolder.freeze(folder, cache);
  }

  /** Names in {@code up}'s folder that are no data folders, and too large to be configuration. */
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  /** Bytes that {@link #writeTo} copies. */
  public long bytes() {
    long bytes = loose.stream().mapToLong(FrozenFile::size).sum();
    for (FolderSnapshot folder : folders.values()) {
      bytes += folder.files().stream().mapToLong(FrozenFile::size).sum();
    }
    return bytes;
  }

  /**
   * Writes the backup.
   *
   * @param progress is told how many bytes were copied each time
   * @throws IOException when something cannot be read, or the stream fails
   */
  public Summary writeTo(OutputStream out, LongConsumer progress) throws IOException {
    BackupWriter writer = new BackupWriter(out, progress);
    Map<String, String> owners = new LinkedHashMap<>();
    for (FrozenFile file : loose) {
      writer.add(file.name(), file);
    }
    for (Map.Entry<String, FolderSnapshot> folder : folders.entrySet()) {
      String path = folder.getKey();
      owners.put(path, folder.getValue().process());
      for (FrozenFile file : folder.getValue().files()) {
        writer.add(path.equals(".") ? file.name() : path + "/" + file.name(), file);
      }
    }
    String kind = owners.getOrDefault(".", MACHINE);
    return Summary.of(writer.finish(kind, Instant.now(), owners));
  }

  /** What to tell of an error of the disk, whose message may be nothing but a path. */
  public static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> "there is no " + missing.getFile();
      case AccessDeniedException denied -> "this user may not use " + denied.getFile();
      default -> String.valueOf(e.getMessage());
    };
  }

  /**
   * Records the backup in the audit logs of the folders, as far as they have one.
   *
   * @param to where it went, as the command names it
   * @return folders whose log could not be written
   */
  public List<String> record(String to, Summary summary) {
    String detail = summary.files() + " files, " + summary.bytes() + " bytes";
    List<String> failed = new ArrayList<>();
    for (String folder : folders.keySet()) {
      try {
        AuditLog.note(
            dir.resolve(folder),
            new AuditEntry(Instant.now(), "owner", "local", "backup", to, detail, AuditEntry.DONE));
      } catch (IOException e) {
        failed.add(folder);
      }
    }
    return failed;
  }

  @Override
  public void close() throws IOException {
    for (FrozenFile file : loose) {
      file.close();
    }
    for (FolderSnapshot folder : folders.values()) {
      folder.close();
    }
  }

  /**
   * Writes a file that gets its name when it is whole.
   *
   * @throws CliException (wrong usage) when it exists
   */
  public Summary writeTo(Path target, LongConsumer progress) throws IOException {
    try (PartFile file = PartFile.begin(target)) {
      Summary summary = writeTo(file.out(), progress);
      file.commit();
      return summary;
    }
  }
}
