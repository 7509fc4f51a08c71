package dev.limpet.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * An error as callers get it: a problem document of RFC 9457 with a few members of our own. The
 * same on gateway, node and command line. What is too long is cut, never refused: an error must not
 * fail.
 *
 * @param code what happened
 * @param status the HTTP status
 * @param detail this occurrence in one sentence, with what to do
 * @param context what else is known about it
 */
public record Problem(ErrorCode code, int status, String detail, Context context) {
  /** Media type of the document (RFC 9457, section 3). */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** Largest document that a client reads. */
  public static final int MAX_JSON_BYTES = 256 << 10;

  /** How much of the end of a guest's log a problem shows. */
  public static final int MAX_LOG_TAIL_BYTES = 4096;

  /** Longest detail; a sentence needs no more. */
  static final int MAX_DETAIL_CHARS = 2048;

  /** Holders, candidates or refusals that a problem lists. */
  public static final int MAX_LISTED = 64;

  /**
   * What is known besides the sentence; absent parts are null or empty.
   *
   * @param execution the Execution that failed
   * @param exitCode what the function exited with
   * @param log the end of the function's log
   * @param retryAfterMs when to try again, in milliseconds from now
   * @param holders who has the data and is away
   * @param candidates the nodes that were considered
   * @param refusals why the gate does not admit the module
   */
  public record Context(
      @Nullable String execution,
      @Nullable Integer exitCode,
      @Nullable String log,
      @Nullable Long retryAfterMs,
      List<AwayHolder> holders,
      List<Candidate> candidates,
      List<GateRefusal> refusals) {
    /** Nothing else is known. */
    public static final Context NONE =
        new Context(null, null, null, null, List.of(), List.of(), List.of());

    /** Cuts lists that are too long. */
    public Context {
      holders = firstOf(holders);
      candidates = firstOf(candidates);
      refusals = firstOf(refusals);
    }

    private static <T> List<T> firstOf(List<T> list) {
      return List.copyOf(list.subList(0, Math.min(MAX_LISTED, list.size())));
    }
  }

  /** Cuts the detail, and takes the code's own status when the given one is not for it. */
  public Problem {
    status = code.allowsStatus(status) ? status : code.status();
    detail = cut(detail);
  }

  private static String cut(String text) {
    if (text.length() <= MAX_DETAIL_CHARS) {
      return text;
    }
    int end = MAX_DETAIL_CHARS - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** A problem with its usual status and nothing but a sentence. */
  public static Problem of(ErrorCode code, String detail) {
    return new Problem(code, code.status(), detail, Context.NONE);
  }

  /** The problem type, {@code urn:limpet:error:…}. */
  public String type() {
    return code.type();
  }

  /** What happened, the same for every occurrence. */
  public String title() {
    return code.title();
  }

  /** The same with another status, where the code allows it. */
  public Problem withStatus(int otherStatus) {
    return new Problem(code, otherStatus, detail, context);
  }

  /** The same, naming the Execution. */
  public Problem withExecution(ExecutionId execution) {
    Context c = context;
    return with(
        new Context(
            execution.text(),
            c.exitCode,
            c.log,
            c.retryAfterMs,
            c.holders,
            c.candidates,
            c.refusals));
  }

  /** The same with what the function exited with. */
  public Problem withExitCode(int exitCode) {
    Context c = context;
    return with(
        new Context(
            c.execution, exitCode, c.log, c.retryAfterMs, c.holders, c.candidates, c.refusals));
  }

  /**
   * The same with the end of the function's log: its last {@link #MAX_LOG_TAIL_BYTES}, whole
   * characters, bytes that are not UTF-8 replaced.
   */
  public Problem withLog(byte[] log) {
    Context c = context;
    return with(
        new Context(
            c.execution,
            c.exitCode,
            logTail(log),
            c.retryAfterMs,
            c.holders,
            c.candidates,
            c.refusals));
  }

  private static String logTail(byte[] log) {
    int start = Math.max(0, log.length - MAX_LOG_TAIL_BYTES);
    while (start > 0 && start < log.length && (log[start] & 0xc0) == 0x80) {
      start++;
    }
    return new String(log, start, log.length - start, StandardCharsets.UTF_8);
  }

  /** The same with when to try again. */
  public Problem withRetryAfter(Duration after) {
    Context c = context;
    return with(
        new Context(
            c.execution,
            c.exitCode,
            c.log,
            Math.max(0, after.toMillis()),
            c.holders,
            c.candidates,
            c.refusals));
  }

  /** The same with who has the data and is away. */
  public Problem withHolders(List<AwayHolder> holders) {
    Context c = context;
    return with(
        new Context(
            c.execution, c.exitCode, c.log, c.retryAfterMs, holders, c.candidates, c.refusals));
  }

  /** The same with the nodes that were considered. */
  public Problem withCandidates(List<Candidate> candidates) {
    Context c = context;
    return with(
        new Context(
            c.execution, c.exitCode, c.log, c.retryAfterMs, c.holders, candidates, c.refusals));
  }

  /** The same with why the gate does not admit the module. */
  public Problem withRefusals(List<GateRefusal> refusals) {
    Context c = context;
    return with(
        new Context(
            c.execution, c.exitCode, c.log, c.retryAfterMs, c.holders, c.candidates, refusals));
  }

  private Problem with(Context other) {
    return new Problem(code, status, detail, other);
  }

  /** The value of {@code Retry-After}: whole seconds, rounded up, at least 1. */
  public OptionalLong retryAfterSeconds() {
    Long millis = context.retryAfterMs;
    return millis == null
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(1, (millis + 999) / 1000));
  }

  /** The document in UTF-8. */
  public byte[] toJson() {
    return Json.write(ProblemJson.of(this));
  }

  /**
   * Reads a document that another process sent. A code that this build does not know becomes {@code
   * bad-request} or {@code internal}, after its status.
   *
   * @throws LimpetException {@code bad-json} when it is no problem document
   */
  public static Problem fromJson(byte[] json) {
    return Json.read(ProblemJson.class, json, MAX_JSON_BYTES).toProblem();
  }

  /** A holder that cannot be reached now. */
  @io.avaje.jsonb.Json
  public record AwayHolder(String node, @Nullable Instant lastSeen) {
    /** Checks the name. */
    public AwayHolder {
      Wire.text("node", node);
    }
  }

  /** One rule of the gate that a module breaks. */
  @io.avaje.jsonb.Json
  public record GateRefusal(String rule, String detail, String advice) {
    /** Checks that all is there. */
    public GateRefusal {
      Wire.text("rule", rule);
      Wire.text("detail", detail);
      Wire.text("advice", advice);
    }
  }
}
