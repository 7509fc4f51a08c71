package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Itinerary;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.gateway.proxy.KnownNames;
import dev.limpet.gateway.proxy.Route.Ending;
import dev.limpet.protocol.Candidate;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.ExecutionState;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import io.vertx.core.MultiMap;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One Execution while it runs: what is known of it, gathered from the head and the trailers of the
 * node's answer. What is fixed is set before others can see it; the rest is written and read on the
 * event loop of the call, and leaves it with the {@link Execution} that {@link #end} makes.
 */
final class Attempt {
  private static final CharSequence BLOCKS_READ = KnownNames.of(Headers.BLOCKS_READ);
  private static final CharSequence BYTES_FETCHED = KnownNames.of(Headers.BYTES_FETCHED);
  private static final CharSequence DATA_BYTES = KnownNames.of(Headers.DATA_BYTES);
  private static final CharSequence ERROR = KnownNames.of(Headers.ERROR);
  private static final CharSequence MEMO = KnownNames.of(Headers.MEMO);
  private static final CharSequence RECEIPT = KnownNames.of(Headers.RECEIPT);
  private static final CharSequence USAGE = KnownNames.of(Headers.USAGE);
  private static final CharSequence TASK = KnownNames.of(Headers.TASK);

  /** What a CID may have; a usual one has 59. */
  static final int MAX_RECEIPT_CHARS = 128;

  /** Digits of a count in a header; what is longer is no count. */
  private static final int MAX_DIGITS = 18;

  private final ExecutionId id;
  private final Choice choice;
  private final NodeLink link;
  private final Execution begun;
  private @Nullable Integer status;
  private @Nullable String error;
  private @Nullable Integer exitCode;
  private @Nullable Cid task;
  private MemoState memo = MemoState.BYPASS;
  private @Nullable Long dataBytes;
  private @Nullable Long bytesFetched;
  private @Nullable Long blocksRead;
  private @Nullable String timing;
  private long ranMicros;
  private @Nullable String usage;
  private @Nullable String receipt;

  Attempt(
      AskedCall asked,
      Cid function,
      Itinerary.Stop place,
      List<Candidate> candidates,
      Instant now) {
    this.id = asked.waiter().nextId();
    this.choice = place.choice();
    this.link = place.link();
    this.begun =
        new Execution(
            id,
            ExecutionState.RUNNING,
            function,
            asked.functionName(),
            asked.inputs().stream().map(DataRef::toString).toList(),
            choice.node().name(),
            null,
            null,
            null,
            null,
            MemoState.BYPASS,
            now,
            null,
            Execution.Usage.UNKNOWN,
            candidates,
            null,
            asked.caller().text(),
            null);
  }

  ExecutionId id() {
    return id;
  }

  Choice choice() {
    return choice;
  }

  NodeLink link() {
    return link;
  }

  /** What is known while it runs. */
  Execution snapshot() {
    return begun;
  }

  /** The node's answer has begun. */
  void answered(int answerStatus, MultiMap headers) {
    status = answerStatus;
    error = headers.get(ERROR);
    dataBytes = count(headers.get(DATA_BYTES));
    memo = memo(headers.get(MEMO));
    learn(headers);
  }

  /** Takes what stands in headers, or in trailers, at the end of an Execution. */
  void learn(MultiMap lines) {
    String taskText = lines.get(TASK);
    if (taskText != null) {
      task = cid(taskText);
    }
    String fetched = lines.get(BYTES_FETCHED);
    if (fetched != null) {
      bytesFetched = count(fetched);
    }
    String used = lines.get(USAGE);
    if (used != null) {
      usage = used;
    }
    String promised = lines.get(RECEIPT);
    if (promised != null && isWord(promised)) {
      receipt = promised;
    }
    String read = lines.get(BLOCKS_READ);
    if (read != null) {
      blocksRead = count(read);
    }
  }

  /** Tells the node's pace what this took, and that the node has the function now. */
  void learnPace(long ranMicros, long dataMicros) {
    choice.node().pace().learn(ranMicros, dataMicros, bytesFetched == null ? 0 : bytesFetched);
    if (error == null) {
      choice.node().warmed(begun.function());
    }
  }

  /** Whether the node's time for the call ended while it compiled the function, which goes on. */
  boolean isCompiling() {
    return ErrorCode.COMPILING.code().equals(error);
  }

  /** What the function exited with, as a problem document of the node says. */
  void exited(@Nullable Integer code) {
    exitCode = code;
  }

  /**
   * Where the time went.
   *
   * @param serverTiming as the caller was told
   * @param functionMicros how long the function ran, or 0
   */
  void timed(String serverTiming, long functionMicros) {
    timing = serverTiming;
    ranMicros = functionMicros;
  }

  private static MemoState memo(@Nullable String said) {
    for (MemoState state : MemoState.values()) {
      if (state.text().equals(said)) {
        return state;
      }
    }
    return MemoState.BYPASS;
  }

  /** What the memo of the node was to it. */
  MemoState memo() {
    return memo;
  }

  /** Whether the function did what it was asked to. */
  boolean isDone() {
    return error == null;
  }

  /** A count that the node gave in {@code Limpet-Usage}, or 0. */
  long used(String name) {
    String said = usage;
    int at = said == null ? -1 : said.indexOf(name + "=");
    if (said == null || at < 0) {
      return 0;
    }
    int from = at + name.length() + 1;
    int end = said.indexOf(',', from);
    Long count = count(said.substring(from, end < 0 ? said.length() : end));
    return count == null ? 0 : count;
  }

  /** How long the function ran, in microseconds, or 0. */
  long ranMicros() {
    return ranMicros;
  }

  /** Bytes of the data that the call referred to, or 0. */
  long dataBytes() {
    return dataBytes == null ? 0 : dataBytes;
  }

  /** Bytes of these that travelled for it, between nodes or from outside, or 0. */
  long bytesFetched() {
    return bytesFetched == null ? 0 : bytesFetched;
  }

  private static @Nullable Cid cid(String text) {
    try {
      return Cid.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Whether it may be a CID: whoever looks it up reads it. */
  private static boolean isWord(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
        return false;
      }
    }
    return !text.isEmpty() && text.length() <= MAX_RECEIPT_CHARS;
  }

  private static @Nullable Long count(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > MAX_DIGITS) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return null;
      }
    }
    return Long.valueOf(text);
  }

  /** How it ended, from how its transfer ended. */
  Execution end(Ending ending, Bytes bytes, Instant now) {
    boolean done = ending == Ending.WHOLE && error == null;
    boolean ran = done && status != null && status / 100 == 2;
    String code =
        switch (ending) {
          case WHOLE -> error;
          case CUT -> ErrorCode.ANSWER_CUT.code();
          case CALLER_GONE -> ErrorCode.CANCELLED.code();
          case FAILED -> error == null ? ErrorCode.NODE_FAILED.code() : error;
        };
    return new Execution(
        id,
        done ? ExecutionState.DONE : ExecutionState.FAILED,
        begun.function(),
        begun.name(),
        begun.data(),
        begun.node(),
        status,
        code,
        ran ? Integer.valueOf(0) : exitCode,
        task,
        memo,
        begun.startedAt(),
        now,
        new Execution.Usage(dataBytes, bytesFetched, blocksRead, bytes.in, bytes.out, timing),
        begun.candidates(),
        null,
        begun.caller(),
        receipt);
  }

  /** What the gateway itself answers in place of the node. */
  void failed(ErrorCode code, int answerStatus) {
    status = answerStatus;
    error = code.code();
  }

  /**
   * What travelled between the caller and the gateway.
   *
   * @param in of the request's body
   * @param out of the answer's body
   */
  record Bytes(long in, long out) {}
}
