package dev.limpet.gateway.audit;

import dev.limpet.protocol.Disagreement;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.disk.SyncedFiles;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of answers that differed: a folder for each, with what was said and the receipts.
 * Blocks.
 */
public final class AuditEvidence {
  /** Cases that are kept; the first ones say it all, and are some 10 KiB each. */
  static final int MAX_EVIDENCE_CASES = 256;

  /** Its folder in that of the gateway. */
  static final String FOLDER = "audit-evidence";

  /** What is read of the text of a case; those that are kept here have a kilobyte. */
  static final int MAX_CASE_BYTES = 64 << 10;

  /** What is shown of the sentence that a case begins with. */
  static final int MAX_VERDICT_CHARS = 1000;

  /** Files that are listed of a case. */
  static final int MAX_CASE_FILES = Disagreement.MAX_DISAGREEMENT_FILES;

  private static final System.Logger LOG = System.getLogger(AuditEvidence.class.getName());

  private static final String CASE = "case.txt";

  /** What the folder of a case that is being written is called; one stays when the disk is full. */
  private static final String UNFINISHED = ".case";

  private final Path dir;

  /** Cases and unfinished ones, as far as this process knows. */
  private int count;

  /** How old the folder was when they were last counted; null before. */
  private @Nullable FileTime counted;

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
      if (isFull()) {
        return;
      }
      Path unfinished = Files.createTempDirectory(dir, UNFINISHED);
      count++;
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
   * Cases in the order of their names. What is none, because somebody put it there, is left out and
   * logged.
   *
   * @param name of the last one that is known, or what comes before all
   * @param limit how many at most
   * @throws LimpetException {@code store-failed}
   */
  public List<Kept> after(String name, int limit) {
    List<Kept> found = new ArrayList<>();
    for (String each : names(dir, _ -> true)) {
      if (found.size() >= limit) {
        break;
      }
      Kept kept = each.compareTo(name) > 0 ? kept(each) : null;
      if (kept != null) {
        found.add(kept);
      }
    }
    return found;
  }

  private static List<String> names(Path folder, Predicate<Path> wanted) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(wanted)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.startsWith("."))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static List<String> files(Path folder) {
    return names(folder, Files::isRegularFile);
  }

  /** A case, or null when it is none. */
  private @Nullable Kept kept(String name) {
    Path folder = dir.resolve(name);
    try {
      String verdict = verdict(folder.resolve(CASE));
      if (verdict.isBlank()) {
        LOG.log(
            Level.WARNING, "{0} has no {1} that says what it is, and is not shown", folder, CASE);
        return null;
      }
      Stream<String> others = files(folder).stream().filter(file -> !file.equals(CASE));
      List<String> files = Stream.concat(Stream.of(CASE), others).limit(MAX_CASE_FILES).toList();
      return new Kept(name, Files.getLastModifiedTime(folder).toInstant(), verdict, files);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "a case of an audit cannot be read, and is not shown", e);
      return null;
    }
  }

  /** The first line; empty when there is none, or it is none of what is kept here. */
  private static String verdict(Path text) throws IOException {
    if (!Files.isRegularFile(text) || Files.size(text) > MAX_CASE_BYTES) {
      return "";
    }
    String line =
        new String(Files.readAllBytes(text), StandardCharsets.UTF_8).lines().findFirst().orElse("");
    return line.substring(0, Math.min(line.length(), MAX_VERDICT_CHARS));
  }

  /**
   * A file of a case.
   *
   * @param name of the case, which may be anything
   * @param file its name, which may be anything
   * @throws LimpetException {@code not-found} or {@code store-failed}
   */
  public byte[] read(String name, String file) {
    boolean known = names(dir, Files::isDirectory).contains(name);
    if (!known || !files(dir.resolve(name)).contains(file)) {
      throw new LimpetException(ErrorCode.NOT_FOUND, "no such evidence is kept");
    }
    try {
      return Files.readAllBytes(dir.resolve(name).resolve(file));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static LimpetException unreadable(IOException e) {
    return new LimpetException(ErrorCode.STORE_FAILED, "evidence cannot be read: " + e, e);
  }

  /** Counts what is there the first time, and when it is full and somebody may have made room. */
  private synchronized boolean isFull() throws IOException {
    if (counted == null || count >= MAX_EVIDENCE_CASES) {
      FileTime changed = Files.getLastModifiedTime(dir);
      if (!changed.equals(counted)) {
        count = inFolder();
        counted = changed;
      }
    }
    return count >= MAX_EVIDENCE_CASES;
  }

  /** Cases, and what is left of unfinished ones; nothing else that somebody put there. */
  private int inFolder() throws IOException {
    int found = 0;
    for (Path each : entries()) {
      boolean unfinished = each.getFileName().toString().startsWith(UNFINISHED);
      found += unfinished || !verdict(each.resolve(CASE)).isBlank() ? 1 : 0;
    }
    return found;
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.toList();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    SyncedFiles.write(file, 0, ByteBuffer.wrap(bytes));
  }
}
