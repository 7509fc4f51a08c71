package dev.limpet.gateway.call;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.memo.MemoEntry;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.ETags;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/** Gives kept answers to callers: all of one, a range of it, or 304 to who has it. */
final class MemoAnswers {
  private static final int NOT_MODIFIED = 304;

  private final AnswerRules rules;
  private final FunctionMeters functions;
  private final CallMetrics metrics;

  MemoAnswers(AnswerRules rules, FunctionMeters functions, CallMetrics metrics) {
    this.rules = rules;
    this.functions = functions;
    this.metrics = metrics;
  }

  /** Answers a call. */
  void give(AskedCall asked, StoredFunction function, MemoEntry entry) {
    MultiMap out = asked.exchange().request().response().headers();
    String known = asked.joined("If-None-Match");
    if (known != null && ETags.noneMatch(known, entry.etag())) {
      rules.call(asked, function, NOT_MODIFIED, out);
      MultiMap lines = HttpHeaders.headers().addAll(entry.lines());
      asked.exchange().replay(NOT_MODIFIED, lines.remove("Content-Type"), Buffer.buffer());
      ended(asked, function, 0);
      return;
    }
    rules.call(asked, function, entry.status(), out);
    asked.exchange().replay(entry.status(), entry.lines(), entry.body());
    ended(asked, function, asked.isHead() ? 0 : entry.body().length());
  }

  private void ended(AskedCall asked, StoredFunction function, long bytes) {
    metrics.ended(Route.Ending.WHOLE);
    functions.given(asked.target().function(), function.cid(), bytes);
  }
}
