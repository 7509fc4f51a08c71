package dev.limpet.protocol;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Every error that Limpet answers with, the same on gateway, node and command line. The code string
 * is a public contract: it stands in {@code Limpet-Error}, in {@code type} of the problem document,
 * and in {@code docs/ERRORS.md}, which says for each when it happens and what to do.
 */
public enum ErrorCode {
  BAD_REQUEST("bad-request", 400, "The request is malformed", Category.USAGE),
  BAD_JSON("bad-json", 400, "The JSON is malformed or does not fit", Category.USAGE),
  BAD_CID("bad-cid", 400, "This is not a CID", Category.USAGE),
  BAD_PATH("bad-path", 400, "The path is malformed", Category.USAGE),
  BAD_QUERY("bad-query", 400, "A query parameter is malformed", Category.USAGE),
  BAD_HEADER("bad-header", 400, "A header is malformed", Category.USAGE),
  BAD_NAME("bad-name", 400, "This is not a name of a function or node", Category.USAGE),
  BAD_ARGUMENTS("bad-arguments", 400, "The function refused its arguments", Category.USAGE),
  BAD_CAR("bad-car", 400, "The CAR is malformed or incomplete", Category.USAGE),
  BAD_BLOCK("bad-block", 400, "A block does not parse or does not hash to its CID", Category.USAGE),
  BAD_MANIFEST("bad-manifest", 400, "The function manifest is malformed", Category.USAGE),
  BAD_USAGE("bad-usage", 400, "The command was used wrongly", Category.USAGE),
  BAD_CONFIG("bad-config", 400, "The configuration is wrong", Category.USAGE),
  BODY_NOT_ALLOWED("body-not-allowed", 400, "GET and HEAD take no body", Category.USAGE),
  UNAUTHORIZED("unauthorized", 401, "A valid token is needed", Category.REFUSED),
  FORBIDDEN("forbidden", 403, "This is not allowed", Category.REFUSED),
  FOREIGN_ORIGIN("foreign-origin", 403, "Refused for a foreign web page", Category.REFUSED),
  NODE_REVOKED("node-revoked", 403, "This node was revoked", Category.REFUSED),
  BAD_SIGNATURE("bad-signature", 403, "The signature does not verify", Category.REFUSED),
  NOT_FOUND("not-found", 404, "There is nothing here", Category.MISSING),
  FUNCTION_NOT_FOUND("function-not-found", 404, "Unknown function", Category.MISSING),
  DATA_NOT_FOUND("data-not-found", 404, "Nobody has this data", Category.MISSING),
  NAME_NOT_FOUND("name-not-found", 404, "Unknown name or version", Category.MISSING),
  NODE_NOT_FOUND("node-not-found", 404, "Unknown node", Category.MISSING),
  EXECUTION_NOT_FOUND("execution-not-found", 404, "Unknown execution", Category.MISSING),
  RECEIPT_NOT_FOUND("receipt-not-found", 404, "Unknown receipt", Category.MISSING),
  METHOD_NOT_ALLOWED("method-not-allowed", 405, "The method is not allowed here", Category.USAGE),
  NOT_ACCEPTABLE("not-acceptable", 406, "The data has no such form", Category.USAGE),
  WOULD_MOVE("would-move", 409, "Too much data would have to travel", Category.REFUSED),
  NOT_HELD("not-held", 409, "This node does not hold the data", Category.BUSY),
  NODE_NAME_TAKEN("node-name-taken", 409, "Another node has this name", Category.REFUSED),
  FUNCTION_IN_USE("function-in-use", 409, "A name points at this function", Category.REFUSED),
  UNKNOWN_SESSION("unknown-session", 409, "Join the gateway again", Category.BUSY),
  RESYNC("resync", 409, "An announcement is missing: send a snapshot", Category.BUSY),
  CHALLENGE_EXPIRED("challenge-expired", 409, "Ask for a new challenge", Category.BUSY),
  NOT_ENDED("not-ended", 409, "The execution has not ended yet", Category.BUSY),
  NOT_CACHED("not-cached", 412, "The data is not here", Category.MISSING),
  VERSION_CONFLICT("version-conflict", 412, "The name has moved on", Category.REFUSED),
  BODY_TOO_LARGE("body-too-large", 413, "The body is too large", Category.REFUSED),
  TARGET_TOO_LONG("target-too-long", 414, "The request target is too long", Category.USAGE),
  UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", 415, "Wrong Content-Type", Category.USAGE),
  RANGE_NOT_SATISFIABLE("range-not-satisfiable", 416, "No such range of bytes", Category.USAGE),
  WRONG_HOST("wrong-host", 421, "This listener does not answer for that host", Category.REFUSED),
  LOG_FORKED("log-forked", 422, "A log of receipts has not only grown", Category.REFUSED),
  GATE_REFUSED("gate-refused", 422, "The module is not admitted", Category.REFUSED),
  BAD_SCRIPT("bad-script", 422, "The script is not one that can run", Category.REFUSED),
  NOT_SUPPORTED("not-supported", 422, "This build cannot do that yet", Category.REFUSED),
  OVERLOADED("overloaded", 429, "Too many calls at once", Category.BUSY),
  HEADERS_TOO_LARGE("headers-too-large", 431, "The headers are too large", Category.USAGE),
  INTERNAL("internal", 500, "An error of Limpet's own", Category.BUG),
  STORE_FAILED("store-failed", 500, "The local store failed", Category.BUG),
  GUEST_FAILED("guest-failed", 502, "The function exited with an error", Category.FUNCTION),
  GUEST_TRAPPED("guest-trapped", 502, "The function was stopped by a trap", Category.FUNCTION),
  ANSWER_CUT("answer-cut", 502, "The answer broke off", Category.FUNCTION),
  NODE_FAILED("node-failed", 502, "The node broke off or answered nonsense", Category.UNREACHABLE),
  HASH_MISMATCH("hash-mismatch", 502, "Another process sent wrong bytes", Category.UNREACHABLE),
  HOLDERS_OFFLINE("holders-offline", 503, "All holders of the data are away", Category.UNREACHABLE),
  NO_NODE("no-node", 503, "No node can take the call", Category.UNREACHABLE),
  UNREACHABLE("unreachable", 503, "The server cannot be reached", Category.UNREACHABLE),
  DATA_UNAVAILABLE(
      "data-unavailable", 503, "The data went missing meanwhile", Category.UNREACHABLE),
  COMPILING("compiling", 503, "The function is being compiled", Category.BUSY),
  NODE_MEMORY("node-memory", 503, "The node has no memory for it now", Category.BUSY),
  DRAINING("draining", 503, "The server is stopping", Category.BUSY),
  CANCELLED("cancelled", 503, "The execution was cancelled", Category.BUSY),
  OUT_OF_FUEL("out-of-fuel", 504, "The function used up its fuel", Category.FUNCTION),
  OUT_OF_TIME("out-of-time", 504, "The time for the call is over", Category.BUSY),
  OUT_OF_MEMORY("out-of-memory", 507, "The function ran out of its memory", Category.FUNCTION),
  OUT_OF_OUTPUT("out-of-output", 507, "The function wrote too much", Category.FUNCTION),
  DISK_LOW("disk-low", 507, "The disk is nearly full", Category.REFUSED),
  QUOTA_EXCEEDED("quota-exceeded", 507, "The store's quota is used up", Category.REFUSED);

  /**
   * What kind of failure it is: one for each exit code of the command line (house rule: scripts
   * branch on it).
   */
  public enum Category {
    /** The function itself failed; the same call fails again. */
    FUNCTION(1),
    /** The request or the command is wrong; change it. */
    USAGE(2),
    /** Somebody who is needed does not answer; may pass. */
    UNREACHABLE(3),
    /** Understood, and not done: a rule, a limit, or a conflict. */
    REFUSED(4),
    /** What was named does not exist. */
    MISSING(5),
    /** Busy, too late, or to be tried again. */
    BUSY(6),
    /** A fault of Limpet or of the machine under it. */
    BUG(70);

    private final int exitCode;

    Category(int exitCode) {
      this.exitCode = exitCode;
    }

    /** The exit code of a command that ends with such an error. */
    public int exitCode() {
      return exitCode;
    }
  }

  /** What {@code type} of a problem document starts with. */
  static final String URN_PREFIX = "urn:limpet:error:";

  private static final int NOT_IMPLEMENTED = 501;

  private static final Map<String, ErrorCode> BY_CODE =
      Arrays.stream(values()).collect(Collectors.toMap(ErrorCode::code, Function.identity()));

  private final String code;
  private final int status;
  private final String title;
  private final Category category;

  ErrorCode(String code, int status, String title, Category category) {
    this.code = code;
    this.status = status;
    this.title = title;
    this.category = category;
  }

  /** The code as it travels: lower case words joined by hyphens. */
  public String code() {
    return code;
  }

  /** The HTTP status, 400 to 599. */
  public int status() {
    return status;
  }

  /** What happened, as a short sentence without a full stop; the same for every occurrence. */
  public String title() {
    return title;
  }

  /** The kind of failure, and with it the exit code of the command line. */
  public Category category() {
    return category;
  }

  /** The problem type (RFC 9457, section 3.1.1). */
  public String type() {
    return URN_PREFIX + code;
  }

  /**
   * Whether an answer with this code may have that status. One code has two: {@link #NOT_SUPPORTED}
   * is 422 where a request asks for too much and 501 where a whole resource is missing.
   */
  boolean allowsStatus(int candidate) {
    return candidate == status || (this == NOT_SUPPORTED && candidate == NOT_IMPLEMENTED);
  }

  /** The code with that string, or empty when this build does not know it. */
  public static Optional<ErrorCode> parse(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
