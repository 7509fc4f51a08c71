package dev.limpet.protocol.audit;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One management action: a line of the audit log. Texts are as they came, which may be from
 * strangers; as JSON they stay within their line.
 *
 * @param at when it was answered
 * @param who kind of the token that was shown: {@code owner} (loopback, none needed), {@code
 *     management}, {@code calls}, {@code join}, {@code gateway}, {@code node NAME}, {@code nobody}
 *     (none), {@code unknown} (a wrong one); never the token
 * @param remote address of the connection; {@code local} for a command on this machine
 * @param action such as {@code name-set}
 * @param object what it was done to: a name or a CID
 * @param detail what came of it, such as a version; or null
 * @param outcome {@code done}, or the code of the error
 */
@Json
public record AuditEntry(
    Instant at,
    String who,
    String remote,
    String action,
    String object,
    @Nullable String detail,
    String outcome) {
  /** The outcome of what succeeded. */
  public static final String DONE = "done";

  /** Longest object and detail; what is longer is cut. */
  static final int MAX_AUDIT_TEXT_CHARS = 512;

  /** Cuts what is too long. */
  public AuditEntry {
    object = cut(object);
    detail = detail == null ? null : cut(detail);
  }

  private static String cut(String text) {
    boolean fits = text.length() <= MAX_AUDIT_TEXT_CHARS;
    return fits ? text : text.substring(0, MAX_AUDIT_TEXT_CHARS - 1) + "…";
  }
}
