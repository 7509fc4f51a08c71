package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.data.InputTooLongException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Raw functions: what goes in, what comes out, and what stays behind, which is nothing. */
@Timeout(60)
class RawTest {
  private static final TestSandbox SANDBOX = TestSandbox.open();

  @AfterAll
  static void stop() throws IOException {
    SANDBOX.close();
  }

  private static TestSandbox.Ran run(byte[] wasm, byte[] input) {
    return run(wasm, new ByteArrayInputStream(input), SandboxLimits.pure0());
  }

  private static TestSandbox.Ran run(byte[] wasm, InputStream input, SandboxLimits limits) {
    return SANDBOX.run(wasm, ExecutionSpec.builder().raw().input(input).limits(limits));
  }

  @Test
  void the_answer_is_what_handle_points_at() {
    byte[] input = new byte[100_000];
    for (int i = 0; i < input.length; i++) {
      input[i] = (byte) (i * 31);
    }
    assertArrayEquals(input, run(SampleModules.raw(), input).output());
    TestSandbox.Ran nothing = run(SampleModules.raw(), new byte[0]);
    assertEquals(new Outcome.Completed(0), nothing.outcome());
    assertEquals(0, nothing.output().length);
  }

  @Test
  void memory_globals_and_table_are_as_new_in_every_call() {
    byte[] wasm = SampleModules.rawDirties();
    TestSandbox.Ran first = run(wasm, new byte[10]);
    TestSandbox.Ran second = run(wasm, new byte[10]);
    assertArrayEquals(new byte[] {1, 1, 1, 2}, first.output());
    assertArrayEquals(new byte[] {1, 1, 1, 2}, second.output());
    assertEquals(first.usage().fuel(), second.usage().fuel());
    assertEquals(3 << 16, second.usage().peakMemoryBytes());
  }

  @ParameterizedTest
  @CsvSource({"-1", "-4294967296", "562949953421313", "4294967295", "131073"})
  void a_negative_answer_or_one_outside_the_memory_is_a_trap(long answer) {
    byte[] wasm = SampleModules.rawAnswers(answer);
    assertInstanceOf(Outcome.Trapped.class, run(wasm, new byte[1]).outcome());
  }

  @Test
  void an_address_of_alloc_outside_the_memory_is_a_trap() {
    assertEquals(
        new Outcome.Trapped("alloc answered an address outside the memory"),
        run(SampleModules.raw(), new byte[2 << 16]).outcome());
  }

  @Test
  void a_module_of_another_kind_is_a_trap() {
    assertInstanceOf(Outcome.Trapped.class, run(SampleModules.hello(), new byte[1]).outcome());
  }

  @Test
  void an_input_that_is_too_long_is_not_given_to_it() {
    byte[] input = new byte[(16 << 20) + 1];
    Outcome outcome = run(SampleModules.raw(), input).outcome();
    Outcome.InputFailed failed = assertInstanceOf(Outcome.InputFailed.class, outcome);
    assertInstanceOf(InputTooLongException.class, failed.cause());
  }

  @Test
  void its_input_counts_as_memory_of_the_node() throws IOException {
    try (TestSandbox small = TestSandbox.open(1, 1 << 20)) {
      ExecutionSpec.Builder spec =
          ExecutionSpec.builder().raw().input(new ByteArrayInputStream(new byte[3 << 20]));
      assertEquals(new Outcome.NoNodeMemory(false), small.run(SampleModules.raw(), spec).outcome());
      ExecutionSpec.Builder after =
          ExecutionSpec.builder().raw().input(new ByteArrayInputStream(new byte[10]));
      assertEquals(10, small.run(SampleModules.raw(), after).output().length);
    }
  }

  @Test
  void output_fuel_and_time_end_it_as_they_end_a_command() {
    SandboxLimits pure = SandboxLimits.pure0();
    SandboxLimits tight = new SandboxLimits(pure.memoryBytes(), 1000, 5, 1024, 4, 0, 10);
    byte[] ten = new byte[10];
    assertEquals(
        new Outcome.OverOutput(),
        run(SampleModules.raw(), new ByteArrayInputStream(ten), tight).outcome());
    assertEquals(
        new Outcome.OutOfFuel(),
        run(SampleModules.rawLoops(), new ByteArrayInputStream(ten), tight).outcome());
    ExecutionSpec.Builder spec = ExecutionSpec.builder().raw().wall(Duration.ofMillis(50));
    assertEquals(new Outcome.OutOfTime(), SANDBOX.run(SampleModules.rawLoops(), spec).outcome());
  }
}
