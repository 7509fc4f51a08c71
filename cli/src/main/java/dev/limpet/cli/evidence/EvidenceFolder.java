package dev.limpet.cli.evidence;

import dev.limpet.cli.CliException;
import dev.limpet.content.cid.Sha256;
import dev.limpet.protocol.disk.FolderTree;
import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A folder that gets its name when it is whole and on the disk. Until then it stands beside, with
 * {@code .part} behind its name; what a killed command left there has to be removed by hand.
 */
final class EvidenceFolder implements AutoCloseable {
  /** The list of all files and their hashes, as sha256sum writes it. */
  static final String SUMS = "SHA256SUMS";

  private final Path target;
  private final Path part;
  private final Map<String, String> sums = new TreeMap<>();
  private long bytes;
  private boolean committed;

  private EvidenceFolder(Path target, Path part) {
    this.target = target;
    this.part = part;
  }

  /**
   * Begins a folder.
   *
   * @throws CliException (wrong usage) when it is there, or half of one is
   */
  static EvidenceFolder begin(Path target) throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    if (absolute.getFileName() == null || Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw CliException.usage(target + " exists already: name another with --to");
    }
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    try {
      Files.createDirectory(part);
    } catch (FileAlreadyExistsException e) {
      throw CliException.usage(
          part + " exists: another command is writing it, or was killed; then remove it");
    }
    return new EvidenceFolder(absolute, part);
  }

  /**
   * Writes a file once; the same again does nothing.
   *
   * @param name with {@code /} between folders; made of our own words and CIDs
   */
  void write(String name, byte[] content) throws IOException {
    if (sums.containsKey(name)) {
      return;
    }
    Path file = part.resolve(name).normalize();
    if (!file.startsWith(part)) {
      throw new IOException("the name of a file leads elsewhere");
    }
    Files.createDirectories(file.resolveSibling(""));
    SyncedFiles.write(file, 0, ByteBuffer.wrap(content));
    sums.put(name, sha256(content));
    bytes += content.length;
  }

  /** The same of a text. */
  void write(String name, String text) throws IOException {
    write(name, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Bytes of its files. */
  long bytes() {
    return bytes;
  }

  static String sha256(byte[] content) {
    return HexFormat.of().formatHex(Sha256.of(content));
  }

  /** It is whole: it gets its name, durably. */
  void commit() throws IOException {
    StringBuilder lines = new StringBuilder();
    sums.forEach((name, sum) -> lines.append(sum).append("  ").append(name).append('\n'));
    byte[] list = lines.toString().getBytes(StandardCharsets.UTF_8);
    SyncedFiles.write(part.resolve(SUMS), 0, ByteBuffer.wrap(list));
    for (Path folder : folders()) {
      SyncedFiles.syncFolder(folder);
    }
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    committed = true;
    SyncedFiles.syncFolder(target.resolveSibling("."));
  }

  private TreeSet<Path> folders() {
    TreeSet<Path> folders = new TreeSet<>();
    folders.add(part);
    sums.keySet().forEach(name -> folders.add(part.resolve(name).resolveSibling("")));
    return folders;
  }

  @Override
  public void close() throws IOException {
    if (!committed) {
      FolderTree.remove(part);
    }
  }
}
