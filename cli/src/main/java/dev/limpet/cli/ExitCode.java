package dev.limpet.cli;

import dev.limpet.protocol.ErrorCode;

/**
 * What the command says to the shell. The numbers are a contract with scripts: they only grow.
 *
 * <p>See ARCHITECTURE.md, "The public surface".
 */
public enum ExitCode {
  /** Everything that was asked for was done. */
  DONE(0),
  /** The function ran and failed, or a check is red. */
  FUNCTION_FAILED(1),
  /** The command line, a file given to it, or an argument of the function is wrong. */
  WRONG_USAGE(2),
  /** The gateway or the node did not answer at all. */
  NOT_REACHABLE(3),
  /** It answered, and refused: credentials, policy, quota, the gate. */
  REFUSED(4),
  /** No such function, name, data or path. */
  NOT_FOUND(5),
  /** Nothing is wrong, but not now: overloaded, holders away, out of time. */
  BUSY(6),
  /** A defect of ours. */
  INTERNAL(70),
  /** The server cannot be trusted any more; start it again. As EX_TEMPFAIL of sysexits. */
  SICK(75),
  /** Ctrl-C. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** The number for {@link System#exit}. */
  public int number() {
    return number;
  }

  /**
   * The exit code that an HTTP problem stands for: that of its code where we know it
   * (docs/ERRORS.md lists them), else that of its status.
   *
   * @param status the HTTP status, 400 to 599
   * @param code the problem's stable code such as {@code out-of-fuel}; may be empty
   */
  public static ExitCode of(int status, String code) {
    return ErrorCode.parse(code).map(ExitCode::of).orElseGet(() -> ofStatus(status));
  }

  /** The exit code of a known error. */
  public static ExitCode of(ErrorCode code) {
    return switch (code.category()) {
      case FUNCTION -> FUNCTION_FAILED;
      case USAGE -> WRONG_USAGE;
      case UNREACHABLE -> NOT_REACHABLE;
      case REFUSED -> REFUSED;
      case MISSING -> NOT_FOUND;
      case BUSY -> BUSY;
      case BUG -> INTERNAL;
    };
  }

  private static ExitCode ofStatus(int status) {
    return switch (status) {
      case 400, 405, 414, 415, 416, 431 -> WRONG_USAGE;
      case 401, 403, 409, 412, 413, 421, 422, 501, 507 -> REFUSED;
      case 404 -> NOT_FOUND;
      case 429, 504 -> BUSY;
      case 502, 503 -> NOT_REACHABLE;
      default -> INTERNAL;
    };
  }
}
