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
   * @param at when
   * @param verdict in a sentence
   * @param files what there is, by name
   */
  public record Kept(Instant at, String verdict, List<String> files) {
    /** Copies the list. */
    public Kept {
      files = List.copyOf(files);
    }
  }

  /**
   * The names of the cases, in their order.
   *
   * @throws LimpetException {@code store-failed}
   */
  public List<String> cases() {
    return names(dir);
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

  /**
   * What is known of a case.
   *
   * @throws LimpetException {@code not-found} or {@code store-failed}
   */
  public Kept find(String name) {
    String text = new String(read(name, CASE), StandardCharsets.UTF_8);
    try {
      Instant at = Files.getLastModifiedTime(dir.resolve(name)).toInstant();
      return new Kept(at, text.lines().findFirst().orElse(""), names(dir.resolve(name)));
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
    if (!cases().contains(name) || !names(dir.resolve(name)).contains(file)) {
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

  private long count() throws IOException {
    try (Stream<Path> cases = Files.list(dir)) {
      return cases.count();
    }
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    SyncedFiles.write(file, 0, ByteBuffer.wrap(bytes));
  }
}
