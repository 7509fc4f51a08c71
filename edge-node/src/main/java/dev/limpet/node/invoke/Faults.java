package dev.limpet.node.invoke;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.data.DataUnavailableException;
import dev.limpet.wasmhost.data.InputTooLongException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;

/** What a caller is told about an Execution that did not succeed. */
final class Faults {
  private static final System.Logger LOG = System.getLogger(Faults.class.getName());

  /** The exit code of a function that refuses its arguments (sysexits: EX_USAGE). */
  private static final int BAD_USAGE = 64;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private Faults() {}

  /** Whether this is success. */
  static boolean isSuccess(Outcome outcome) {
    return outcome instanceof Outcome.Completed completed && completed.exitCode() == 0;
  }

  /** The problem of an Execution that is no success. */
  static Problem of(ExecutionResult result, Invocation invocation, CallerBody body) {
    Problem problem = problem(result.outcome(), body).withExecution(invocation.execution());
    if (!invocation.logAllowed() || !isGuests(problem.code())) {
      return problem;
    }
    byte[] log = result.usage().log().bytes();
    return log.length == 0 ? problem : problem.withLog(log);
  }

  /** Whether the guest's own log may explain it. */
  private static boolean isGuests(ErrorCode code) {
    return code.category() == ErrorCode.Category.FUNCTION
        || code == ErrorCode.BAD_ARGUMENTS
        || code == ErrorCode.OUT_OF_TIME;
  }

  private static Problem problem(Outcome outcome, CallerBody body) {
    return switch (outcome) {
      case Outcome.Completed completed -> exited(completed.exitCode());
      case Outcome.Trapped trapped ->
          Problem.of(ErrorCode.GUEST_TRAPPED, "the function was stopped: " + trapped.reason());
      case Outcome.OutOfFuel _ ->
          Problem.of(ErrorCode.OUT_OF_FUEL, "the function used up the instructions it may run");
      case Outcome.OutOfTime _ ->
          Problem.of(ErrorCode.OUT_OF_TIME, "the function did not end within its time");
      case Outcome.Cancelled _ -> Problem.of(ErrorCode.CANCELLED, "the execution was cancelled");
      case Outcome.OverMemory _ ->
          Problem.of(ErrorCode.OUT_OF_MEMORY, "the function needs more memory than its limit");
      case Outcome.OverOutput _ ->
          Problem.of(ErrorCode.OUT_OF_OUTPUT, "the function wrote more than its limit");
      case Outcome.NoNodeMemory _ ->
          Problem.of(ErrorCode.NODE_MEMORY, "this node has no memory for the function now")
              .withRetryAfter(RETRY_AFTER);
      case Outcome.DataUnavailable data -> Problem.of(ErrorCode.DATA_UNAVAILABLE, data.detail());
      case Outcome.OutputFailed failed ->
          failed.cause() instanceof LimpetException e
              ? e.problem()
              : Problem.of(ErrorCode.CANCELLED, "the caller went away while the answer was sent");
      case Outcome.InputFailed input -> input(input.cause(), body);
      case Outcome.HostFailed host -> bug(host.cause());
    };
  }

  private static Problem exited(int code) {
    ErrorCode error = code == BAD_USAGE ? ErrorCode.BAD_ARGUMENTS : ErrorCode.GUEST_FAILED;
    String detail =
        code == BAD_USAGE
            ? "the function refused its arguments; its log says why"
            : "the function exited with code " + Integer.toUnsignedString(code);
    return Problem.of(error, detail).withExitCode(code);
  }

  private static Problem input(Throwable cause, CallerBody body) {
    return switch (cause) {
      case InputTooLongException e ->
          Problem.of(ErrorCode.BODY_TOO_LARGE, String.valueOf(e.getMessage()));
      case DataUnavailableException e ->
          Problem.of(ErrorCode.DATA_UNAVAILABLE, String.valueOf(e.getMessage()));
      case IOException e -> body.fault(e).problem();
      default -> bug(cause);
    };
  }

  private static Problem bug(Throwable cause) {
    LOG.log(Level.ERROR, "an execution failed by a fault of the node", cause);
    return Problem.of(ErrorCode.INTERNAL, "an error of this node's own; its log says more");
  }
}
