package dev.limpet.cli;

import dev.limpet.protocol.ErrorCode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command that cannot go on: one line for a person, a few fields for a script, an exit code.
 *
 * <p>It carries no stack trace: it reports the world, not a defect.
 */
public final class CliException extends RuntimeException {
  private final transient Report report;

  private record Report(
      ExitCode exit,
      String code,
      int status,
      @Nullable String log,
      @Nullable Ran ran,
      @Nullable Duration again) {}

  /**
   * The run that failed.
   *
   * @param execution its id
   * @param exitCode what the function exited with, or null
   * @param receipt CID of its receipt, or null when the answer names none
   */
  public record Ran(String execution, @Nullable Long exitCode, @Nullable String receipt) {}

  /**
   * @param exit what the shell gets
   * @param code stable code such as {@code unreachable}, the gateway's where it answered
   * @param detail one sentence that says what to do
   */
  public CliException(ExitCode exit, String code, String detail) {
    this(detail, new Report(exit, code, 0, null, null, null));
  }

  private CliException(String detail, Report report) {
    super(detail, null, false, false);
    this.report = report;
  }

  /** An error that servers have, too: same code, same exit code. */
  public CliException(ErrorCode code, String detail) {
    this(ExitCode.of(code), code.code(), detail);
  }

  /** Wrong usage: exit code 2. */
  public static CliException usage(String detail) {
    return new CliException(ErrorCode.BAD_USAGE, detail);
  }

  /**
   * What a server answered.
   *
   * @param status its HTTP status
   * @param log the end of the guest's log where the problem carried it, else null
   */
  public static CliException problem(int status, String code, String detail, @Nullable String log) {
    return new CliException(
        detail, new Report(ExitCode.of(status, code), code, status, log, null, null));
  }

  /** The same of a run that the server named. */
  public CliException of(Ran ran) {
    return new CliException(
        detail(),
        new Report(report.exit, report.code, report.status, report.log, ran, report.again));
  }

  /** The same of a server that says when to try again. */
  public CliException withAgain(Duration after) {
    return new CliException(
        detail(),
        new Report(report.exit, report.code, report.status, report.log, report.ran, after));
  }

  /**
   * Whether the function was not ready when the time of the call was over, and is being made ready:
   * the same call goes further the next time.
   */
  public boolean isNotReadyYet() {
    boolean late = report.code.equals(ErrorCode.OUT_OF_TIME.code());
    return report.again != null && (late || report.code.equals(ErrorCode.COMPILING.code()));
  }

  /** How long to wait before the same is asked again, if the server said so. */
  public @Nullable Duration again() {
    return report.again;
  }

  /** The run that failed, if the answer named it. */
  public @Nullable Ran ran() {
    return report.ran;
  }

  /** What the shell gets. */
  public ExitCode exit() {
    return report.exit;
  }

  /** The stable code, such as {@code holders-offline}. */
  public String code() {
    return report.code;
  }

  /** The HTTP status, or 0 where no server was involved. */
  public int status() {
    return report.status;
  }

  /** The sentence. */
  public String detail() {
    return String.valueOf(getMessage());
  }

  /** The end of the guest's log, if the answer carried it. */
  public @Nullable String log() {
    return report.log;
  }

  private String title() {
    return ErrorCode.parse(report.code).map(ErrorCode::title).orElse(report.code.replace('-', ' '));
  }

  /** The object that {@code --json} prints: {@code code, title, detail, status}. */
  public Map<String, Object> toJson() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("code", report.code);
    json.put("title", title());
    json.put("detail", detail());
    json.put("status", report.status);
    if (report.log != null) {
      json.put("log", report.log);
    }
    Ran ran = report.ran;
    if (ran != null) {
      json.put("execution", ran.execution);
      if (ran.exitCode != null) {
        json.put("exitCode", ran.exitCode);
      }
    }
    return json;
  }
}
