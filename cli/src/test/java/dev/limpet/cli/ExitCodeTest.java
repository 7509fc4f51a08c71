package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitCodeTest {
  @ParameterizedTest
  @CsvSource({
    "400, bad-arguments, 2",
    "401, unauthorized, 4",
    "404, function-not-found, 5",
    "409, would-move, 4",
    "421, wrong-host, 4",
    "422, gate-refused, 4",
    "429, overloaded, 6",
    "500, internal, 70",
    "502, guest-failed, 1",
    "503, holders-offline, 6",
    "503, node-memory, 6",
    "504, out-of-fuel, 1",
    "504, out-of-time, 6",
    "507, out-of-memory, 1",
    "507, quota-exceeded, 4"
  })
  void a_problem_has_the_exit_code_of_its_kind(int status, String code, int expected) {
    assertEquals(expected, ExitCode.of(status, code).number());
  }
}
