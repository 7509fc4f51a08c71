package dev.limpet.gateway.call;

import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.memo.MemoEntry;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.ByteRange;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives kept answers to callers: all of one, a range of it, or 304 to who has it. */
final class MemoAnswers {
  private static final CharSequence VARY = KnownNames.of("Vary");
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int NOT_MODIFIED = 304;

  private final AnswerRules rules;
  private final FunctionMeters functions;
  private final CallMetrics metrics;

  MemoAnswers(AnswerRules rules, FunctionMeters functions, CallMetrics metrics) {
    this.rules = rules;
    this.functions = functions;
    this.metrics = metrics;
  }

  /**
   * Answers a call.
   *
   * @throws LimpetException {@code range-not-satisfiable}
   */
  void give(AskedCall asked, StoredFunction function, MemoEntry entry) {
    String known = asked.joined("If-None-Match");
    boolean has = known != null && ETags.noneMatch(known, entry.etag());
    ByteRange range = has ? null : range(asked, entry);
    if (has) {
      head(asked, function, entry)
          .remove(HttpHeaders.CONTENT_TYPE)
          .remove(HttpHeaders.CONTENT_LENGTH);
      end(asked, function, NOT_MODIFIED, Buffer.buffer());
    } else if (range != null) {
      part(asked, function, entry, range);
    } else {
      MultiMap _ = head(asked, function, entry);
      end(asked, function, entry.status(), entry.body());
    }
  }

  /** Puts the head of the whole answer behind what a page is told, if anything. */
  private MultiMap head(AskedCall asked, StoredFunction function, MemoEntry entry) {
    MultiMap out = asked.exchange().request().response().headers();
    boolean isOpen = asked.caller().needsNoCredential();
    MultiMap known =
        entry.heads().of(isOpen, other -> rules.recall(asked, function, entry.status(), other));
    if (out.isEmpty()) {
      return out.setAll(known);
    }
    known.forEach((name, value) -> out.add(KnownNames.of(name), value));
    List<String> varies = out.getAll(VARY);
    return varies.size() > 1 ? out.set(VARY, String.join(", ", varies)) : out;
  }

  /** The range that is asked for of an answer that is still the one that the caller means. */
  private static @Nullable ByteRange range(AskedCall asked, MemoEntry entry) {
    String wanted = asked.isHead() || entry.status() != OK ? null : asked.joined("Range");
    if (wanted == null) {
      return null;
    }
    String meant = asked.joined("If-Range");
    boolean same = meant == null || meant.strip().equals(entry.etag());
    return same ? ByteRange.parse(wanted, entry.body().length()).orElse(null) : null;
  }

  private void part(AskedCall asked, StoredFunction function, MemoEntry entry, ByteRange range) {
    int size = entry.body().length();
    if (!range.isSatisfiable()) {
      asked.exchange().header("Content-Range", "bytes */" + size);
      throw new LimpetException(ErrorCode.RANGE_NOT_SATISFIABLE, "there are " + size + " bytes");
    }
    String said = "bytes " + range.from() + "-" + (range.toExclusive() - 1) + "/" + size;
    head(asked, function, entry).remove(HttpHeaders.CONTENT_LENGTH).set("Content-Range", said);
    end(
        asked,
        function,
        PARTIAL,
        entry.body().slice((int) range.from(), (int) range.toExclusive()));
  }

  private void end(AskedCall asked, StoredFunction function, int status, Buffer body) {
    asked.exchange().replay(status, body);
    metrics.ended(Route.Ending.WHOLE);
    functions.given(asked.target().function(), function.cid(), asked.isHead() ? 0 : body.length());
  }
}
