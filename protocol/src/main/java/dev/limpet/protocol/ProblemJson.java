package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The members of a problem document, in the order of RFC 9457. */
@Json
record ProblemJson(
    String type,
    String title,
    int status,
    String code,
    String detail,
    @Nullable String execution,
    @Nullable Integer exitCode,
    @Nullable String log,
    @Nullable Long retryAfterMs,
    @Nullable List<Problem.AwayHolder> holders,
    @Nullable List<Candidate> candidates,
    @Nullable List<Problem.GateRefusal> refusals) {
  private static final int FIRST_SERVER_STATUS = 500;

  /** Checks what came from outside; everything else may be absent. */
  ProblemJson {
    Wire.present("code", code);
    Wire.list("holders", holders, Problem.MAX_LISTED);
    Wire.list("candidates", candidates, Problem.MAX_LISTED);
    Wire.list("refusals", refusals, Problem.MAX_LISTED);
  }

  static ProblemJson of(Problem problem) {
    Problem.Context c = problem.context();
    return new ProblemJson(
        problem.type(),
        problem.title(),
        problem.status(),
        problem.code().code(),
        problem.detail(),
        c.execution(),
        c.exitCode(),
        c.log(),
        c.retryAfterMs(),
        c.holders().isEmpty() ? null : c.holders(),
        c.candidates().isEmpty() ? null : c.candidates(),
        c.refusals().isEmpty() ? null : c.refusals());
  }

  Problem toProblem() {
    ErrorCode known =
        ErrorCode.parse(code)
            .orElse(status < FIRST_SERVER_STATUS ? ErrorCode.BAD_REQUEST : ErrorCode.INTERNAL);
    return new Problem(
        known,
        status,
        detail == null ? known.title() : detail,
        new Problem.Context(
            execution,
            exitCode,
            log,
            retryAfterMs,
            Wire.list("holders", holders, Problem.MAX_LISTED),
            Wire.list("candidates", candidates, Problem.MAX_LISTED),
            Wire.list("refusals", refusals, Problem.MAX_LISTED)));
  }
}
