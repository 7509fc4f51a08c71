package dev.limpet.gateway.receipt;

import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.audit.AuditEvidence;
import dev.limpet.gateway.http.Disagreements;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.http.Paging;
import dev.limpet.protocol.Disagreement;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Page;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of nodes that cannot all be right, for whoever manages: first the logs that did not
 * only grow, in the order in which they were found out, then the answers that differed, by name.
 */
public final class DisagreementPaths implements Disagreements {
  private static final Pattern LOG = Pattern.compile("log-([0-9]{1,18})");
  private static final String KNOWN = "known.note";
  private static final String OFFERED = "offered.note";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String RECEIPT = ".receipt";
  private static final int OK = 200;

  private final Door door;
  private final Witness witness;
  private final AuditEvidence answers;
  private final BlockingWork work;

  /**
   * Shows them.
   *
   * @param door who may do what
   * @param witness keeps what logs did
   * @param answers what audits found
   * @param work threads for what blocks
   */
  public DisagreementPaths(Door door, Witness witness, AuditEvidence answers, BlockingWork work) {
    this.door = door;
    this.witness = witness;
    this.answers = answers;
    this.work = work;
  }

  @Override
  public void list(Exchange exchange, Paging paging) {
    door.inspect(exchange.headers());
    exchange.answer(work.run(() -> page(paging)), page -> exchange.page(Disagreement.class, page));
  }

  private Page<Disagreement> page(Paging paging) {
    List<Disagreement> found = new ArrayList<>();
    String cursor = paging.cursor();
    Long log = logId(cursor);
    if (cursor == null || log != null) {
      witness
          .evidenceAfter(log == null ? 0 : log, paging.wanted())
          .forEach(one -> found.add(of(one)));
    }
    String after = cursor == null || log != null ? "" : cursor;
    answers.after(after, paging.wanted() - found.size()).forEach(one -> found.add(of(one)));
    return paging.page(found, one -> one, Disagreement::id);
  }

  private static @Nullable Long logId(@Nullable String id) {
    Matcher log = LOG.matcher(id == null ? "" : id);
    return log.matches() ? Long.valueOf(log.group(1)) : null;
  }

  private static Disagreement of(Witness.Evidence one) {
    return new Disagreement(
        "log-" + one.id(),
        Disagreement.LOG,
        one.at(),
        List.of(one.node()),
        "the log " + one.origin() + " " + one.kind(),
        List.of(KNOWN, OFFERED));
  }

  private static Disagreement of(AuditEvidence.Kept kept) {
    List<String> nodes =
        kept.files().stream()
            .filter(file -> file.endsWith(RECEIPT))
            .map(file -> file.substring(0, file.length() - RECEIPT.length()))
            .toList();
    return new Disagreement(
        kept.name(), Disagreement.ANSWERS, kept.at(), nodes, kept.verdict(), kept.files());
  }

  @Override
  public void file(Exchange exchange, String id, String file) {
    door.inspect(exchange.headers());
    exchange.answer(
        work.run(() -> read(id, file)),
        bytes -> {
          exchange.header("Cache-Control", "no-store");
          exchange.bytes(OK, TEXT, Buffer.buffer(bytes));
        });
  }

  private byte[] read(String id, String file) {
    Long log = logId(id);
    if (log == null) {
      return answers.read(id, file);
    }
    List<Witness.Evidence> found = witness.evidenceAfter(log - 1, 1);
    boolean isThere = !found.isEmpty() && found.getFirst().id() == log;
    if (!isThere || (!file.equals(KNOWN) && !file.equals(OFFERED))) {
      throw new LimpetException(ErrorCode.NOT_FOUND, "no such evidence is kept");
    }
    Witness.Evidence one = found.getFirst();
    return (file.equals(KNOWN) ? one.known() : one.offered()).getBytes(StandardCharsets.UTF_8);
  }
}
