package dev.limpet.gateway.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.proxy.RequestBody;
import dev.limpet.protocol.AcceptedCall;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.Problem;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Calls with {@code Prefer: respond-async}: answered 202 when all of the request is here and a node
 * was chosen, run without their caller, and kept for an hour, in memory alone. A restart loses
 * them; the 202 says so.
 */
final class AsyncCalls {
  /** Such calls at once; each may hold its body and its answer. */
  static final int MAX_ASYNC_CALLS = 16;

  /** The body of such a call, which is in memory before the 202. */
  static final int MAX_ASYNC_BODY_BYTES = 1 << 20;

  /** Answers that are kept; the oldest are forgotten before their hour is over. */
  static final long MAX_ASYNC_KEPT_BYTES = 16L << 20;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
  private static final int FIXED_BYTES = 1500;
  private static final int ACCEPTED = 202;
  private static final String NOTE =
      "kept in the memory of this gateway: a restart loses the call and its answer; durable queues"
          + " come later";

  private final ExecutionLog executions;
  private final Permits permits = new Permits("calls with respond-async", MAX_ASYNC_CALLS);
  private final Map<ExecutionId, AsyncCall> running = new ConcurrentHashMap<>();
  private final Cache<ExecutionId, AsyncCall> ended =
      Caffeine.newBuilder()
          .maximumWeight(MAX_ASYNC_KEPT_BYTES)
          .weigher((ExecutionId _, AsyncCall call) -> FIXED_BYTES + call.weight())
          .expireAfterWrite(EndedExecutions.KEPT)
          .executor(Runnable::run)
          .build();

  AsyncCalls(ExecutionLog executions) {
    this.executions = executions;
  }

  static String resultOf(ExecutionId id) {
    return "/v1/executions/" + id + "/result";
  }

  /** There is room for one more; {@link #release} must follow. */
  void take() {
    permits.take();
  }

  void release() {
    permits.release();
  }

  /** Reads all of the request's body, within the time of the call. */
  static Future<Void> read(AskedCall asked) {
    RequestBody body = asked.exchange().body();
    return BodyWait.of(asked, body.keepWhole(MAX_ASYNC_BODY_BYTES), AsyncCalls::tooLarge);
  }

  private static LimpetException tooLarge() {
    return new LimpetException(
        ErrorCode.BODY_TOO_LARGE,
        "with Prefer: respond-async a body has at most "
            + MAX_ASYNC_BODY_BYTES
            + " bytes; add large data with limpet add and call on it");
  }

  /** A call that goes on without its caller. */
  AsyncCall begin(AskedCall asked, Cid function) {
    Execution accepted =
        new Execution(
            ExecutionId.random(),
            ExecutionState.RUNNING,
            function,
            asked.functionName(),
            asked.inputs().stream().map(DataRef::toString).toList(),
            null,
            null,
            null,
            null,
            null,
            MemoState.BYPASS,
            executions.now(),
            null,
            Execution.Usage.UNKNOWN,
            List.of(),
            null,
            asked.caller().text(),
            null);
    AsyncCall call = new AsyncCall(executions, accepted);
    running.put(call.id(), call);
    return call;
  }

  /** Tells the caller where to come back. */
  void accept(Exchange exchange, AsyncCall call) {
    String location = "/v1/executions/" + call.id();
    exchange.header("Location", location);
    exchange.header("Preference-Applied", AskedCall.RESPOND_ASYNC);
    exchange.header("Retry-After", Long.toString(RETRY_AFTER.toSeconds()));
    exchange.header(Headers.EXECUTION, call.id().text());
    exchange.json(
        ACCEPTED,
        new AcceptedCall(
            call.id(), location, resultOf(call.id()), EndedExecutions.KEPT.toMillis(), NOTE));
  }

  /** The answer of a call is there. */
  void end(AsyncCall call) {
    call.end();
    ended.put(call.id(), call);
    running.remove(call.id());
  }

  /** Forgets a call that did not begin. */
  void drop(AsyncCall call) {
    running.remove(call.id());
  }

  /** A call that runs or whose answer is kept, or null. */
  @Nullable AsyncCall find(ExecutionId id) {
    AsyncCall call = running.get(id);
    return call == null ? ended.getIfPresent(id) : call;
  }

  /** Forgets the answer of a call that has ended. */
  void remove(ExecutionId id) {
    ended.invalidate(id);
  }

  /** Answers with what the call answered, as a thing of its own that nobody may keep. */
  void result(Exchange exchange, ExecutionId id) {
    AsyncCall call = find(id);
    if (call == null) {
      throw new LimpetException(
          ErrorCode.EXECUTION_NOT_FOUND,
          "no answer of "
              + id
              + " is kept: it went to its caller, or the call was made more than an hour ago, or"
              + " the gateway was restarted, or had no room for it any more");
    }
    if (!call.isEnded()) {
      throw new LimpetException(
          Problem.of(ErrorCode.NOT_ENDED, id + " still runs; ask again")
              .withExecution(id)
              .withRetryAfter(RETRY_AFTER));
    }
    KeptAnswer answer = call.answer();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(answer.headers());
    headers.remove("Trailer").remove("ETag").remove("Content-Length");
    headers.set("Cache-Control", "no-store");
    exchange.request().response().headers().addAll(headers);
    exchange.replay(answer.status(), answer.body());
  }
}
