package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway knows of an Execution, for an hour after its end: {@code GET
 * /v1/executions/{id}}. Numbers are null until they are known.
 *
 * @param id its id
 * @param state how far it is
 * @param function CID of the manifest
 * @param name the name that the caller used, or null
 * @param data the inputs as the caller named them
 * @param node where it ran, or null before it was placed
 * @param status HTTP status of the answer
 * @param error code of the error, or null
 * @param exitCode what the function exited with
 * @param task CID of the Task
 * @param memo whether the memo answered
 * @param startedAt when the gateway began
 * @param endedAt when the answer was whole or cut
 * @param usage what it used
 * @param candidates the nodes that were considered, best first
 * @param result path of the answer of a call whose caller does not wait for it, else null
 * @param caller who called, as far as tokens tell: {@code owner}, {@code management}, {@code calls}
 *     or {@code public}; null when an older gateway says it
 * @param receipt CID of the receipt that the node promised, or null
 */
@Json
public record Execution(
    ExecutionId id,
    ExecutionState state,
    Cid function,
    @Nullable String name,
    List<String> data,
    @Nullable String node,
    @Nullable Integer status,
    @Nullable String error,
    @Nullable Integer exitCode,
    @Nullable Cid task,
    MemoState memo,
    Instant startedAt,
    @Nullable Instant endedAt,
    Usage usage,
    List<Candidate> candidates,
    @Nullable String result,
    @Nullable String caller,
    @Nullable String receipt) {

  /**
   * What an Execution used; null where it is not known.
   *
   * @param dataBytes bytes of the data referred to
   * @param bytesFetched bytes of data that travelled, between nodes or from outside
   * @param blocksRead blocks that its reads touched
   * @param bytesIn bytes of the caller's body
   * @param bytesOut bytes of the answer
   * @param serverTiming where the time went, as in {@code Server-Timing}
   */
  @Json
  public record Usage(
      @Nullable Long dataBytes,
      @Nullable Long bytesFetched,
      @Nullable Long blocksRead,
      @Nullable Long bytesIn,
      @Nullable Long bytesOut,
      @Nullable String serverTiming) {
    /** Nothing is known yet. */
    public static final Usage UNKNOWN = new Usage(null, null, null, null, null, null);
  }

  /** Checks the parts. */
  public Execution {
    Wire.present("id", id);
    Wire.present("state", state);
    Wire.present("function", function);
    data = Wire.list("data", data, Invocation.MAX_INPUTS);
    Wire.present("memo", memo);
    Wire.present("startedAt", startedAt);
    Wire.present("usage", usage);
    candidates = Wire.list("candidates", candidates, Why.MAX_CANDIDATES);
    Wire.optionalText("result", result);
    Wire.optionalText("caller", caller);
    Wire.optionalText("receipt", receipt);
  }

  /** The same as a call of that id, whose answer is at that path. */
  public Execution asCall(ExecutionId call, String resultPath) {
    return new Execution(
        call,
        state,
        function,
        name,
        data,
        node,
        status,
        error,
        exitCode,
        task,
        memo,
        startedAt,
        endedAt,
        usage,
        candidates,
        resultPath,
        caller,
        receipt);
  }

  /** The same with a failure that was found out after it. */
  public Execution failed(ErrorCode code, Instant now) {
    return new Execution(
        id,
        ExecutionState.FAILED,
        function,
        name,
        data,
        node,
        code.status(),
        code.code(),
        exitCode,
        task,
        memo,
        startedAt,
        endedAt == null ? now : endedAt,
        usage,
        candidates,
        result,
        caller,
        receipt);
  }
}
