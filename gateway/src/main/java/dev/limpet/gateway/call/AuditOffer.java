package dev.limpet.gateway.call;

import dev.limpet.gateway.audit.AuditCase;
import dev.limpet.gateway.audit.Auditor;
import dev.limpet.gateway.audit.Said;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Offers a share of what nodes answer to calls without a body to be made again by others, later;
 * also what they say they had in memory. Of a long answer, which went by, the receipts are
 * compared.
 */
final class AuditOffer {
  private static final int NOT_MODIFIED = 304;
  private static final int PARTIAL = 206;

  private final Auditor auditor;
  private final AskedCall asked;
  private final Invocations invocations;

  /** For one call. */
  AuditOffer(Auditor auditor, AskedCall asked, Invocations invocations) {
    this.auditor = auditor;
    this.asked = asked;
    this.invocations = invocations;
  }

  /**
   * An answer has come whole.
   *
   * @param body of it, null when it was long or streamed
   */
  void offer(KnownNode node, HttpClientResponse answer, @Nullable Buffer body) {
    if (!invocations.function().manifest().pure()
        || !asked.exchange().is(HttpMethod.GET)
        || answer.statusCode() == NOT_MODIFIED
        || answer.statusCode() == PARTIAL) { // a range of what others would give whole
      return;
    }
    if (!isComparable(answer, body) || !auditor.wants()) {
      return;
    }
    Said said = said(node, answer, body); // only now: it hashes the body
    boolean unseen = said.body() == null;
    auditor.offer(
        new AuditCase(
            said,
            invocations.question().avoiding(node.name()),
            List.of(
                invocations.again(Auditor.MAX_AUDIT_TIME, unseen),
                invocations.again(Auditor.MAX_AUDIT_TIME, unseen))));
  }

  /** Whether anything of it can be compared with what another node says. */
  private static boolean isComparable(HttpClientResponse answer, @Nullable Buffer body) {
    return answer.headers().contains(Headers.ERROR)
        ? Said.isFailure(error(answer))
        : body != null || receipt(answer) != null;
  }

  private static @Nullable ErrorCode error(HttpClientResponse answer) {
    String error = answer.getHeader(Headers.ERROR);
    return error == null ? null : ErrorCode.parse(error).orElse(null);
  }

  private static @Nullable String receipt(HttpClientResponse answer) {
    String early = answer.getHeader(Headers.RECEIPT);
    return early == null ? answer.getTrailer(Headers.RECEIPT) : early;
  }

  private static Said said(KnownNode node, HttpClientResponse answer, @Nullable Buffer body) {
    int status = answer.statusCode();
    String receipt = receipt(answer);
    ErrorCode failure = error(answer);
    if (failure != null) {
      return Said.failed(node, status, failure, receipt);
    }
    return body == null ? Said.unseen(node, status, receipt) : Said.of(node, status, body, receipt);
  }
}
