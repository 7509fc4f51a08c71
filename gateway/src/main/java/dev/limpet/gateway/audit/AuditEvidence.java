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
      write(unfinished.resolve("case.txt"), text.toString().getBytes(StandardCharsets.UTF_8));
      Files.move(unfinished, dir.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      SyncedFiles.syncFolder(dir);
    } catch (IOException e) {
      throw new LimpetException(ErrorCode.STORE_FAILED, "evidence cannot be kept: " + e, e);
    }
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
