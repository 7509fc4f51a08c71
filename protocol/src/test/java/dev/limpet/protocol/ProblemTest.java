package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProblemTest {
  @Test
  void a_problem_is_the_document_of_rfc_9457() {
    Problem problem =
        Problem.of(ErrorCode.GUEST_FAILED, "the function exited with 3").withExitCode(3);
    assertEquals(
        "{\"type\":\"urn:limpet:error:guest-failed\",\"title\":\"The function exited with an"
            + " error\",\"status\":502,\"code\":\"guest-failed\",\"detail\":\"the function exited"
            + " with 3\",\"exitCode\":3}",
        new String(problem.toJson(), StandardCharsets.UTF_8));
  }

  @Test
  void everything_that_is_known_is_read_back_equal() {
    Problem problem =
        Problem.of(ErrorCode.HOLDERS_OFFLINE, "all away")
            .withExecution(ExecutionId.random())
            .withExitCode(1)
            .withLog("log".getBytes(StandardCharsets.UTF_8))
            .withRetryAfter(Duration.ofMillis(1500))
            .withHolders(List.of(new Problem.AwayHolder("node-1", Samples.TIME)))
            .withCandidates(List.of(Samples.candidate()))
            .withRefusals(List.of(new Problem.GateRefusal("simd", "uses SIMD", "-mno-simd128")));
    assertEquals(problem, Problem.fromJson(problem.toJson()));
    assertEquals(OptionalLong.of(2), problem.retryAfterSeconds());
  }

  @Test
  void the_log_is_its_last_four_kibibytes_in_whole_characters() {
    byte[] log = "é".repeat(4096).getBytes(StandardCharsets.UTF_8);
    byte[] odd = ("x" + "é".repeat(4096) + "y").getBytes(StandardCharsets.UTF_8);
    assertEquals("é".repeat(2048), log(log));
    assertEquals("é".repeat(2047) + "y", log(odd));
    assertEquals("�", log(new byte[] {(byte) 0xff}));
    assertEquals("", log(new byte[0]));
  }

  private static String log(byte[] log) {
    return String.valueOf(Problem.of(ErrorCode.GUEST_FAILED, "").withLog(log).context().log());
  }

  @Test
  void what_is_too_long_is_cut_and_still_read_back() {
    Problem problem =
        Problem.of(ErrorCode.BAD_REQUEST, "😀".repeat(5000))
            .withCandidates(Collections.nCopies(500, Samples.candidate()));
    assertTrue(problem.detail().length() <= Problem.MAX_DETAIL_CHARS);
    assertTrue(problem.detail().endsWith("😀…"));
    assertEquals(Problem.MAX_LISTED, problem.context().candidates().size());
    assertEquals(problem, Problem.fromJson(problem.toJson()));
  }

  @Test
  void a_code_of_a_later_version_keeps_its_kind() {
    assertEquals(ErrorCode.BAD_REQUEST, read("{\"code\":\"new\",\"status\":418}").code());
    assertEquals(ErrorCode.INTERNAL, read("{\"code\":\"new\",\"status\":599}").code());
    assertEquals(
        "all away", read("{\"code\":\"resync\",\"status\":409,\"detail\":\"all away\"}").detail());
  }

  @Test
  void a_status_that_is_not_for_the_code_is_the_codes_own() {
    assertEquals(404, read("{\"code\":\"not-found\",\"status\":200}").status());
    assertEquals(501, LimpetException.notImplemented("jobs come later").problem().status());
    assertEquals(422, new LimpetException(ErrorCode.NOT_SUPPORTED, "no").problem().status());
  }

  @Test
  void what_is_no_problem_document_is_refused() {
    for (String json : List.of("{}", "[]", "<html>", "{\"status\":404}")) {
      assertThrows(LimpetException.class, () -> read(json), json);
    }
  }

  @Test
  void an_exception_says_its_code_and_its_sentence() {
    LimpetException e = new LimpetException(ErrorCode.NOT_FOUND, "no such thing");
    assertEquals("not-found: no such thing", e.getMessage());
    assertEquals(ErrorCode.NOT_FOUND, e.code());
  }

  private static Problem read(String json) {
    return Problem.fromJson(json.getBytes(StandardCharsets.UTF_8));
  }
}
