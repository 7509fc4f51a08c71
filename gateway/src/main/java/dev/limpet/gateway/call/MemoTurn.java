package dev.limpet.gateway.call;

import dev.limpet.gateway.audit.Said;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.memo.Keepers;
import dev.limpet.gateway.memo.KnownHeads;
import dev.limpet.gateway.memo.MemoEntry;
import dev.limpet.gateway.memo.MemoKey;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.gateway.proxy.Outlet;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a call that goes to a node has to do with the memo. */
final class MemoTurn {
  /** Nothing. */
  static final MemoTurn NONE =
      new MemoTurn(new AnswerMemo(0), null, null, () -> {}, Keepers.Hint.NONE);

  private static final CharSequence ETAG = KnownNames.of("ETag");
  private static final CharSequence TASK = KnownNames.of(Headers.TASK);

  private final AnswerMemo memo;
  private final @Nullable MemoKey key;
  private final @Nullable CallFlight flight;
  private final Runnable ended;
  private final Keepers.Hint hint;

  /**
   * A turn.
   *
   * @param key under which the answer is kept, or null when it is not
   * @param flight that others wait for, or null
   * @param ended run when it is over for them
   * @param hint who may have the answer
   */
  MemoTurn(
      AnswerMemo memo,
      @Nullable MemoKey key,
      @Nullable CallFlight flight,
      Runnable ended,
      Keepers.Hint hint) {
    this.memo = memo;
    this.key = key;
    this.flight = flight;
    this.ended = ended;
    this.hint = hint;
  }

  /** Mark of the node that is thought to keep the answer; 0 for none. */
  int keeper() {
    return hint.keeper();
  }

  /**
   * Takes down who keeps the answer that has come whole, or that who was thought to does not.
   *
   * @param abi of the function
   * @param bytes of the answer
   */
  void came(Attempt attempt, HttpClientResponse answer, Abi abi, long bytes) {
    int status = answer.statusCode();
    MemoState state = attempt.memo();
    if (key != null && isWholeAndGood(status) && length(answer) < 0) {
      boolean there = state != MemoState.BYPASS && abi != Abi.HTTP;
      memo.learn(key.function(), there && bytes <= Keepers.MAX_KEEPER_ANSWER_BYTES);
    }
    if (hint.print() == 0 || (state != MemoState.HIT && !isWholeAndGood(status))) {
      return;
    }
    KnownNode node = attempt.choice().node();
    boolean keeps =
        switch (state) {
          case HIT -> true;
          case MISS -> // else that one has dropped it, or never keeps such
              node.mark() != hint.keeper() || hint.running();
          case BYPASS -> false;
        };
    if (keeps) {
      memo.keepers().keeps(hint.print(), node.mark(), bytes);
    }
    if (!keeps || node.isRevoked()) { // between its answer and here
      memo.keepers().forget(hint.print(), node.mark());
    }
  }

  /** A node does not have the data of the call: one that was asked for its answer keeps none. */
  void keepsNot(Choice choice) {
    if (hint.print() != 0 && choice.isForKeptAlone()) {
      memo.keepers().forget(hint.print(), choice.node().mark());
    }
  }

  /** Where the answer goes, so that it comes to its end for those who wait, too. */
  Outlet outlet(Outlet caller, Vertx vertx) {
    return flight == null ? caller : new SharedOutlet(caller, flight, vertx.getOrCreateContext());
  }

  /**
   * Nobody waits here for what streams, or is too long to be kept here: who waited goes to the node
   * that runs it, if that shares it.
   *
   * @param abi whose functions' streams may have no end, for which no node lets anybody wait
   */
  void head(Attempt attempt, HttpClientResponse answer, Abi abi) {
    if (key == null) {
      return;
    }
    int status = answer.statusCode();
    boolean good = isWholeAndGood(status);
    boolean here = isShort(answer);
    long length = length(answer);
    boolean streams = abi == Abi.HTTP && length < 0;
    boolean fits = length <= Keepers.MAX_KEEPER_ANSWER_BYTES && !streams;
    boolean there = good && attempt.memo() != MemoState.BYPASS && fits;
    if (good && !here && !(there && length < 0)) { // what has no length shows its own at its end
      memo.learn(key.function(), there);
    }
    if (flight != null) {
      if (there || failsAgain(answer)) {
        flight.at(attempt.choice().node().mark());
      }
      if (!here) {
        flight.end(); // and stays known until the call has ended
      }
    }
  }

  /**
   * Whether the function itself failed, in its time or for want of it, so that it does so elsewhere
   * too: also an answer of class 5xx of its own, which has no code. A fault of the node says
   * nothing of others. Where it is being compiled it is ready soonest.
   */
  private static boolean failsAgain(HttpClientResponse answer) {
    String error = answer.getHeader(Headers.ERROR);
    if (error == null) {
      return answer.statusCode() / 100 == 5;
    }
    ErrorCode code = ErrorCode.parse(error).orElse(null);
    return code == ErrorCode.OUT_OF_TIME || code == ErrorCode.COMPILING || Said.isFailure(code);
  }

  /** Failures, ranges and 304 say nothing about what is kept of other calls of a function. */
  private static boolean isWholeAndGood(int status) {
    return status / 100 == 2 && status != PARTIAL;
  }

  private static boolean isShort(HttpClientResponse answer) {
    long length = length(answer);
    return length >= 0 && length <= Route.MAX_GATHERED_BYTES;
  }

  /** Of the body, -1 when it is not said. */
  private static long length(HttpClientResponse answer) {
    String length = answer.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length == null ? -1 : Long.parseLong(length.trim());
  }

  /** Whether a whole answer is to be kept, because its node says that it may be. */
  boolean mayKeep(Attempt attempt, HttpClientResponse answer) {
    if (key == null || !isWholeAndGood(answer.statusCode())) {
      return false;
    }
    String etag = answer.getHeader(ETAG);
    String task = answer.getHeader(TASK);
    boolean may =
        attempt.memo() != MemoState.BYPASS
            && task != null
            && etag != null
            && etag.length() == task.length() + 2
            && etag.startsWith(task, 1);
    memo.learn(key.function(), may);
    return may;
  }

  /** Keeps an answer that {@link #mayKeep}. */
  void keep(Attempt attempt, HttpClientResponse answer, KnownHeads heads, Buffer body) {
    KnownNode node = attempt.choice().node();
    memo.keep(
        Objects.requireNonNull(key),
        new MemoEntry(
            answer.statusCode(),
            heads,
            Buffer.buffer(body.getBytes()),
            Objects.requireNonNull(answer.getHeader(ETAG)),
            node.peerId()));
    if (node.isRevoked()) { // between its answer and here
      memo.forgetNode(node.peerId());
    }
  }

  private static final int PARTIAL = 206;

  /** It is over. */
  void end() {
    ended.run();
    if (flight != null) {
      flight.end();
    }
  }
}
