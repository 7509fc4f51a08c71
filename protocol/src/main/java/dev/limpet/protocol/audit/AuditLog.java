package dev.limpet.protocol.audit;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The audit log of one server, in the folder {@code audit} of its data: one JSON object a line.
 *
 * <p>What was done, and what failed for somebody who may do it, is in {@code audit-*.jsonl}, and on
 * the disk when {@link #record} returns. What was refused for lack of leave is in {@code
 * refused-*.jsonl}: strangers cause it, so it has a quota of its own, is not synced, and counts
 * beyond some lines a minute, so that they can neither push out what matters nor keep the disk
 * busy.
 */
public final class AuditLog implements AutoCloseable {
  /** The folder of the log below a data folder. */
  public static final String FOLDER = "audit";

  /** Bytes of one file; some 20 000 actions. */
  static final long MAX_AUDIT_FILE_BYTES = 4 << 20;

  /** Files of what was done; the oldest goes. */
  static final int MAX_AUDIT_FILES = 8;

  /** Files of what was refused. */
  static final int MAX_REFUSED_FILES = 2;

  /** Refusals that are written each minute; of the others the number is. */
  static final int MAX_REFUSALS_A_MINUTE = 60;

  private static final System.Logger LOG = System.getLogger(AuditLog.class.getName());
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final AuditFiles done;
  private final AuditFiles refused;
  private Instant minute = Instant.MIN;
  private int refusals;

  private AuditLog(AuditFiles done, AuditFiles refused) {
    this.done = done;
    this.refused = refused;
  }

  /**
   * Opens the log of a data folder, which is made when it is absent.
   *
   * @throws LimpetException {@code store-failed} when it cannot be written
   */
  public static AuditLog open(Path dir) {
    return open(dir, MAX_AUDIT_FILE_BYTES);
  }

  static AuditLog open(Path dir, long fileBytes) {
    Path folder = dir.resolve(FOLDER);
    try {
      Files.createDirectories(folder);
      AuditFiles done = AuditFiles.open(folder, "audit", fileBytes, MAX_AUDIT_FILES);
      try {
        return new AuditLog(done, AuditFiles.open(folder, "refused", fileBytes, MAX_REFUSED_FILES));
      } catch (IOException e) {
        done.close();
        throw e;
      }
    } catch (IOException e) {
      throw new LimpetException(
          ErrorCode.STORE_FAILED, "the audit log in " + folder + " cannot be written: " + e, e);
    }
  }

  /**
   * Writes an entry into the log of a data folder that another process may have open. It begins no
   * file, since one of another user would lock the server out.
   *
   * @return whether there was a file to write to
   * @throws IOException when it cannot be written
   */
  public static boolean note(Path dir, AuditEntry entry) throws IOException {
    return AuditFiles.note(dir.resolve(FOLDER), "audit", Json.write(entry));
  }

  /**
   * Writes an entry. One of something that was done is on the disk when this returns.
   *
   * @throws LimpetException {@code store-failed} when that is not so; the action itself stands
   */
  public synchronized void record(AuditEntry entry) {
    boolean success = entry.outcome().equals(AuditEntry.DONE);
    try {
      if (isRefusal(entry.outcome())) {
        recordRefusal(entry);
      } else {
        done.append(Json.write(entry));
        done.sync();
      }
    } catch (IOException e) {
      if (success) {
        throw new LimpetException(
            ErrorCode.STORE_FAILED,
            "it was done, and cannot be recorded in the audit log; look at the disk",
            e);
      }
      LOG.log(Level.WARNING, "the audit log cannot be written", e);
    }
  }

  /** Whether an outcome is that of somebody who had no leave. */
  private static boolean isRefusal(String outcome) {
    return outcome.equals(ErrorCode.UNAUTHORIZED.code())
        || outcome.equals(ErrorCode.FORBIDDEN.code())
        || outcome.equals(ErrorCode.FOREIGN_ORIGIN.code());
  }

  private void recordRefusal(AuditEntry entry) throws IOException {
    if (!entry.at().isBefore(minute.plus(MINUTE)) || entry.at().isBefore(minute)) {
      int more = refusals - MAX_REFUSALS_A_MINUTE;
      minute = entry.at();
      refusals = 0;
      if (more > 0) {
        refused.append(Json.write(notWritten(entry.at(), more)));
      }
    }
    refusals++;
    if (refusals <= MAX_REFUSALS_A_MINUTE) {
      refused.append(Json.write(entry));
    }
  }

  private static AuditEntry notWritten(Instant at, int more) {
    return new AuditEntry(
        at, "unknown", "", "refusals-not-written", Integer.toString(more), null, "forbidden");
  }

  /** Closes the files. */
  @Override
  public synchronized void close() {
    try (refused) {
      done.close();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the audit log did not close", e);
    }
  }
}
