package dev.limpet.node.http;

import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.protocol.audit.AuditLog;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A management action that is under way, and what will be recorded of it. */
final class AuditedAction {
  private final AuditLog log;
  private final Caller caller;
  private final String name;
  private String object;
  private @Nullable String detail;

  /**
   * Who acts.
   *
   * @param who the kind of the token, never the token
   * @param remote the address of the connection
   */
  record Caller(String who, String remote) {}

  /**
   * @param name of the action
   * @param object what it is done to, as far as its path says
   */
  AuditedAction(AuditLog log, Caller caller, String name, String object) {
    this.log = log;
    this.caller = caller;
    this.name = name;
    this.object = object;
  }

  /** Says what it turned out to be done to. */
  void on(String newObject, @Nullable String newDetail) {
    object = newObject;
    detail = newDetail;
  }

  /** Writes it down; what was done is on the disk when this returns. */
  void record(String outcome) {
    log.record(
        new AuditEntry(
            Instant.now(), caller.who(), caller.remote(), name, object, detail, outcome));
  }
}
