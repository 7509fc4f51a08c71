package dev.limpet.gateway.audit;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.receipt.ReceiptFile;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks nodes to make an answer, and for their receipts.
 *
 * @param vertx waits
 * @param client reaches nodes
 */
public record AuditRuns(Vertx vertx, NodeClient client) {
  /** How often a node is asked for one receipt: it is there after a fifth of a second. */
  static final int MAX_AUDIT_RECEIPT_ASKS = 10;

  private static final long PAUSE_MILLIS = 500;
  private static final int ACCEPTED = 202;
  private static final NodeClient.Bounds RUN =
      new NodeClient.Bounds(Auditor.MAX_AUDIT_TIME.plusSeconds(1), 2 * Route.MAX_GATHERED_BYTES);
  private static final NodeClient.Bounds RECEIPT =
      new NodeClient.Bounds(Duration.ofSeconds(5), ReceiptFile.MAX_RECEIPT_FILE_BYTES);

  /** What a node says to the work. Fails when it could not be asked, or did not run it. */
  Future<Said> run(KnownNode node, Invocation work) {
    NodeLink link = node.link();
    if (link == null) {
      return Future.failedFuture(failed(node.name() + " is gone"));
    }
    List<Map.Entry<String, String>> lines =
        List.of(Map.entry(Headers.INVOCATION, work.toHeader()), Map.entry("Content-Length", "0"));
    HttpMethod method = work.head() ? HttpMethod.HEAD : HttpMethod.POST;
    return client
        .send(link.request(method, "/v1/invocations", lines), Buffer.buffer(), RUN)
        .compose(answer -> said(node, work, answer));
  }

  /** That the function failed another node's success contradicts; of all else nothing is known. */
  private static Future<Said> said(KnownNode node, Invocation work, NodeClient.Answer answer) {
    String error = answer.error();
    if (error == null) {
      return Future.succeededFuture(
          work.head()
              ? Said.unseen(node, answer.status(), answer.receipt())
              : Said.of(node, answer.status(), answer.body(), answer.receipt()));
    }
    ErrorCode code = ErrorCode.parse(error).orElse(null);
    return code != null && Said.isFailure(code)
        ? Future.succeededFuture(Said.failed(node, answer.status(), code, answer.receipt()))
        : Future.failedFuture(failed(node.name() + " says " + error));
  }

  private static LimpetException failed(String why) {
    return new LimpetException(ErrorCode.NODE_FAILED, why);
  }

  /** The same with its receipt, when the node gives it. */
  Future<Said> proven(Said said) {
    return ask(said, MAX_AUDIT_RECEIPT_ASKS).otherwise(said);
  }

  private Future<Said> ask(Said said, int left) {
    NodeLink link = said.node().link();
    if (said.receipt() == null || link == null || left == 0) {
      return Future.succeededFuture(said);
    }
    return client
        .send(
            link.request(HttpMethod.GET, "/v1/receipts/" + said.receipt(), List.of()),
            null,
            RECEIPT)
        .compose(
            answer -> {
              if (answer.status() == ACCEPTED) {
                Promise<Void> later = Promise.promise();
                vertx.setTimer(PAUSE_MILLIS, _ -> later.complete());
                return later.future().compose(_ -> ask(said, left - 1));
              }
              return Future.succeededFuture(
                  answer.isSuccess() ? said.with(answer.body().getBytes()) : said);
            });
  }
}
