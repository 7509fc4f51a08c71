package dev.limpet.functions;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.Abi;
import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.TestSandbox;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every function does what its folder says, under the limits of the profile, and with the fuel that
 * stands in {@code fuel-v1.txt}. A line there changes only with its function or its case.
 */
final class ExamplesTest {

  /** A function that starts with more makes every call pay for it, see the gate's hint. */
  private static final int FEW_PAGES = 64;

  /** More than that of a function in C or Rust that does one thing, less than a runtime. */
  private static final int SMALL_BYTES = 256 << 10;

  /** Fuel bounds a run here, as it does in a node; a busy build machine must not. */
  private static final Duration WALL = Duration.ofMinutes(10);

  private static final TestSandbox SANDBOX = TestSandbox.open();

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  static List<ExampleFunction> functions() {
    return ExampleFunction.all();
  }

  static Stream<ExampleCase> casesOfSmallModules() {
    return cases(true);
  }

  static Stream<ExampleCase> casesOfLargeModules() {
    return cases(false);
  }

  private static Stream<ExampleCase> cases(boolean small) {
    return everything()
        .filter(function -> small == (function.wasm().length < SMALL_BYTES))
        .flatMap(function -> function.cases().stream());
  }

  /** Modules, and scripts. */
  static Stream<ExampleFunction> everything() {
    return ExampleFunction.everything();
  }

  @Test
  void the_functions_of_this_module_are_found() {
    List<String> names = functions().stream().map(ExampleFunction::name).toList();
    assertTrue(names.containsAll(List.of("csv", "hello", "wordcount")), names.toString());
    List<String> scripts = ExampleFunction.scripts().stream().map(ExampleFunction::name).toList();
    assertEquals(List.of("delays", "greet"), scripts);
  }

  @ParameterizedTest
  @MethodSource("everything")
  void every_function_has_a_case_that_succeeds_and_one_with_bad_arguments(ExampleFunction each) {
    boolean http = each.isHttp();
    List<Integer> codes =
        each.cases().stream().map(http ? ExampleCase::status : ExampleCase::exitCode).toList();
    List<Integer> needed =
        switch (each.abi()) {
          case HTTP -> List.of(200, 400);
          case COMMAND -> List.of(0, 64);
          case RAW -> List.of(0); // it takes no arguments
        };
    assertTrue(codes.containsAll(needed), codes.toString());
  }

  @ParameterizedTest
  @MethodSource("functions")
  void the_gate_admits_it_without_a_hint(ExampleFunction function) {
    var admitted =
        assertInstanceOf(
            GateVerdict.Admitted.class,
            new ModuleGate(GateLimits.pure0()).inspect(function.wasm()));
    Abi built = function.abi() == dev.limpet.protocol.Abi.RAW ? Abi.RAW : Abi.COMMAND;
    assertEquals(built, admitted.report().abi());
    assertTrue(admitted.report().initialPages() <= FEW_PAGES);
    assertEquals(List.of(), admitted.report().hints());
  }

  @ParameterizedTest
  @MethodSource("casesOfSmallModules")
  void the_answer_is_the_expected_one(ExampleCase example) throws IOException {
    assertExpected(example);
  }

  @ParameterizedTest
  @MethodSource("casesOfLargeModules")
  @Tag("long")
  void the_answer_of_what_takes_long_to_compile_is_the_expected_one(ExampleCase example)
      throws IOException {
    assertExpected(example);
  }

  private static void assertExpected(ExampleCase example) throws IOException {
    TestSandbox.Ran ran = SANDBOX.run(example.function().wasm(), example.spec().wall(WALL));
    assertEquals(new Outcome.Completed(example.exitCode()), ran.outcome(), ran.log());
    if (example.function().isHttp()) {
      HttpAnswer answer = HttpAnswer.of(ran.output());
      assertEquals(example.status(), answer.status(), () -> new String(answer.body(), UTF_8));
      assertTrue(answer.head().containsAll(example.head()), answer.head().toString());
      check(example, answer.body());
    } else {
      check(example, ran.output());
    }
    assertEquals(FuelVectors.of(example).orElse(""), ExampleRuns.line(example, ran));
    for (String line : example.log()) {
      assertTrue(ran.log().contains(line), "not in the log: " + line + "\n" + ran.log());
    }
    assertFalse(example.exitCode() != 0 && ran.log().isBlank(), "a failure says why in the log");
  }

  /** A body is told whole, as text; or by its hash; or by what it looks like. */
  private static void check(ExampleCase example, byte[] body) throws IOException {
    if (example.like().isPresent()) {
      assertEquals("", Pictures.difference(example.like().orElseThrow(), body));
    }
    if (example.sha256().isPresent()) {
      assertEquals(example.sha256().orElseThrow(), Sources.sha256(body));
    } else if (example.like().isEmpty()) {
      assertEquals(example.expected(), new String(body, UTF_8));
    }
  }
}
