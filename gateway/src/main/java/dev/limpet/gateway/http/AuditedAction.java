package dev.limpet.gateway.http;

import dev.limpet.protocol.audit.AuditEntry;
import dev.limpet.protocol.audit.AuditLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A management action that is under way, and what will be recorded of it. */
final class AuditedAction {
  private final AuditLog log;
  private final String who;
  private final String remote;
  private final String name;
  private String object;
  private @Nullable String detail;

  private AuditedAction(AuditLog log, String who, String remote, String name, String object) {
    this.log = log;
    this.who = who;
    this.remote = remote;
    this.name = name;
    this.object = object;
  }

  /**
   * What a request begins.
   *
   * @param name of the action
   * @param object what it is done to, as far as its path says
   */
  static AuditedAction of(AuditLog log, Door door, Exchange exchange, String name, String object) {
    String remote = exchange.request().remoteAddress().hostAddress();
    String who = door.who(exchange.headers(), exchange.request().uri());
    return new AuditedAction(log, who, remote == null ? "local" : remote, name, object);
  }

  /** Says what it turned out to be done to. */
  void on(String newObject, @Nullable String newDetail) {
    object = newObject;
    detail = newDetail;
  }

  /** Writes it down; what was done is on the disk when this succeeds. */
  Future<Void> record(Vertx vertx, String outcome) {
    AuditEntry entry = new AuditEntry(Instant.now(), who, remote, name, object, detail, outcome);
    return vertx
        .executeBlocking(
            () -> {
              log.record(entry);
              return entry;
            },
            false)
        .mapEmpty();
  }
}
