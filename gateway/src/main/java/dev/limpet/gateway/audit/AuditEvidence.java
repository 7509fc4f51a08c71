package dev.limpet.gateway.audit;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is kept of answers that differed: a folder for each, with what was said and the receipts.
 * Blocks.
 */
public final class AuditEvidence {
  /** Cases that are kept; the first ones say it all, and are some 10 KiB each. */
  static final int MAX_EVIDENCE_CASES = 256;

  /** Its folder in that of the gateway. */
  static final String FOLDER = "audit-evidence";

  private static final String CASE = "case.txt";

  private final Path dir;

  /** In the folder of a gateway; nothing is made before there is something to keep. */
  public AuditEvidence(Path gatewayDir) {
    this.dir = gatewayDir.resolve(FOLDER);
  }

  /**
   * Keeps a case, durably, unless there are too many.
   *
   * @param name of the case, an execution id
   * @param verdict in a sentence
   * @param said by each node
   * @throws LimpetException {@code store-failed}
   */
  public synchronized void keep(String name, String verdict, List<Said> said) {
    try {
      Files.createDirectories(dir);
      if (count() >= MAX_EVIDENCE_CASES) {
        return;
      }
      Path unfinished = Files.createTempDirectory(dir, ".case");
      StringBuilder text = new StringBuilder(verdict).append('\n');
      for (Said each : said) {
        text.append(each.line()).append('\n');
        if (each.file() != null) {
          write(unfinished.resolve(each.node().name() + ".receipt"), each.file().toBytes());
        }
      }
      write(unfinished.resolve(CASE), text.toString().getBytes(StandardCharsets.UTF_8));
      Files.move(unfinished, dir.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      SyncedFiles.syncFolder(dir);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "evidence cannot be kept: " + e, e);
    }
  }

  /**
   * A case that was kept.
   *
   * @param name of the case
   * @param at when
   * @param verdict in a sentence
   * @param files what there is, by name
   */
  public record Kept(String name, Instant at, String verdict, List<String> files) {
    /** Copies the list. */
    public Kept {
      files = List.copyOf(files);
    }
  }

  /**
   * Cases in the order of their names.
   *
   * @param name of the last one that is known, or what comes before all
   * @param limit how many at most
   * @throws LimpetException {@code store-failed}
   */
  public List<Kept> after(String name, int limit) {
    return names(dir).stream()
        .filter(each -> each.compareTo(name) > 0)
        .limit(limit)
        .map(this::kept)
        .toList();
  }

  private static List<String> names(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private Kept kept(String name) {
    Path folder = dir.resolve(name);
    List<String> files = names(folder);
    String text = new String(read(folder, files, CASE), StandardCharsets.UTF_8);
    try {
      Instant at = Files.getLastModifiedTime(folder).toInstant();
      return new Kept(name, at, text.lines().findFirst().orElse(""), files);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /**
   * A file of a case.
   *
   * @param name of the case, which may be anything
   * @param file its name, which may be anything
   * @throws LimpetException {@code not-found} or {@code store-failed}
   */
  public byte[] read(String name, String file) {
    if (!names(dir).contains(name)) {
      throw unknown();
    }
    Path folder = dir.resolve(name);
    return read(folder, names(folder), file);
  }

  private static byte[] read(Path folder, List<String> files, String file) {
    if (!files.contains(file)) {
      throw unknown();
    }
    try {
      return Files.readAllBytes(folder.resolve(file));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static LimpetException unknown() {
    return new LimpetException(ErrorCode.NOT_FOUND, "no such evidence is kept");
  }

  private static LimpetException unreadable(IOException e) {
    return new LimpetException(ErrorCode.STORE_FAILED, "evidence cannot be read: " + e, e);
  }

  private long count() throws IOException {
    try (Stream<Path> cases = Files.list(dir)) {
      return cases.count();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    SyncedFiles.write(file, 0, ByteBuffer.wrap(bytes));
  }
}
