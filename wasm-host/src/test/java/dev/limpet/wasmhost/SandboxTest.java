package dev.limpet.wasmhost;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

final class SandboxTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private static final Outcome SUCCESS = new Outcome.Completed(0);

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  @Test
  void hello_runs_and_its_output_arrives() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.hello());
    assertEquals(SUCCESS, ran.outcome());
    assertEquals(SampleModules.HELLO, ran.text());
    assertEquals(SampleModules.HELLO.length(), ran.usage().outputBytes());
    assertTrue(ran.usage().fuel() > 0);
    assertTrue(ran.usage().peakMemoryBytes() > 0);
  }

  @Test
  void a_module_runs_with_the_names_of_its_functions_and_without() {
    TestSandbox.Ran named = SANDBOX.run(SampleModules.helloNamed(true));
    TestSandbox.Ran stripped = SANDBOX.run(SampleModules.helloNamed(false));
    for (TestSandbox.Ran ran : List.of(named, stripped)) {
      assertEquals(SUCCESS, ran.outcome());
      assertEquals(SampleModules.HELLO, ran.text());
    }
    assertEquals(named.usage().fuel(), stripped.usage().fuel());
  }

  @Test
  void a_second_write_arrives_after_the_first() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.writesOneByOne("first\n", "second\n", "third"));
    assertEquals(SUCCESS, ran.outcome());
    assertEquals("first\nsecond\nthird", ran.text());
  }

  @Test
  void a_hundred_kb_in_one_write_arrive_whole() {
    byte[] content = new byte[100_000];
    new Random(1).nextBytes(content);
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.writesAtOnce(content));
    assertEquals(SUCCESS, ran.outcome());
    assertArrayEquals(content, ran.output());
    assertEquals(content.length, ran.usage().outputBytes());
  }

  @Test
  void the_exit_code_is_the_outcome() {
    for (int code : new int[] {0, 1, 3, 64, 255, -1}) {
      assertEquals(
          new Outcome.Completed(code), SANDBOX.run(SampleModules.exitsWith(code)).outcome());
    }
    assertEquals(new Outcome.Completed(7), SANDBOX.run(SampleModules.exitsInStart(7)).outcome());
  }

  @Test
  void a_module_without_memory_runs() {
    assertEquals(SUCCESS, SANDBOX.run(SampleModules.withoutMemory()).outcome());
  }

  @Test
  void a_trap_has_a_reason() {
    Outcome.Trapped trapped =
        assertInstanceOf(Outcome.Trapped.class, SANDBOX.run(SampleModules.traps()).outcome());
    assertTrue(trapped.reason().contains("unreachable"), trapped.reason());
  }

  @Test
  void what_was_written_before_a_trap_has_arrived() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.writesThenTraps(70_000));
    assertInstanceOf(Outcome.Trapped.class, ran.outcome());
    assertEquals(70_000, ran.output().length);
    assertEquals(70_000, ran.usage().outputBytes());
  }

  @Test
  void input_reaches_output() {
    byte[] input = new byte[200_001];
    new Random(7).nextBytes(input);
    TestSandbox.Ran ran =
        SANDBOX.run(
            SampleModules.echo(), ExecutionSpec.builder().input(new ByteArrayInputStream(input)));
    assertEquals(SUCCESS, ran.outcome());
    assertArrayEquals(input, ran.output());
  }

  @Test
  void arguments_and_environment_are_those_of_the_specification_and_nothing_else() {
    TestSandbox.Ran arguments =
        SANDBOX.run(
            SampleModules.printsArguments(),
            ExecutionSpec.builder().arguments(List.of("function", "", "zw\u00f6lf")));
    assertEquals("function\0\0zw\u00f6lf\0", arguments.text());
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("B", "2");
    variables.put("A", "1=1");
    TestSandbox.Ran environment =
        SANDBOX.run(
            SampleModules.printsEnvironment(), ExecutionSpec.builder().environment(variables));
    assertEquals("B=2\0A=1=1\0", environment.text());
    assertEquals("", SANDBOX.run(SampleModules.printsEnvironment()).text());
  }

  @Test
  void data_is_read_as_a_file_and_below_a_directory() {
    TestSandbox.Ran below =
        SANDBOX.run(
            SampleModules.copiesFile("a/b.txt"),
            InMemoryDataMount.directory().add("a/b.txt", "below"));
    assertEquals("below", below.text());
    TestSandbox.Ran whole =
        SANDBOX.run(SampleModules.copiesFile("."), InMemoryDataMount.file("whole"));
    assertEquals("whole", whole.text());
    TestSandbox.Ran absolute =
        SANDBOX.run(
            SampleModules.copiesFile("/data/x"), InMemoryDataMount.directory().add("x", "zig"));
    assertEquals("zig", absolute.text());
  }

  @Test
  void a_read_in_the_middle_touches_only_what_it_reads() {
    InMemoryDataMount data = InMemoryDataMount.file("x".repeat(500_000) + "needle" + "y");
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.readsFileAt(".", 500_000, 6), data);
    assertEquals("needle", ran.text());
    assertEquals(6, data.bytesRead());
  }

  @Test
  void lost_data_ends_the_guest_and_is_no_error_code() {
    InMemoryDataMount data = InMemoryDataMount.file("x");
    data.lose();
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.copiesFile("."), data);
    assertEquals(new Outcome.DataUnavailable("the fake lost its data"), ran.outcome());
  }

  @Test
  void clock_and_chance_come_from_the_specification() {
    byte[] first = clockAndRandom(1_700_000_000_000_000_000L, 1);
    assertArrayEquals(first, clockAndRandom(1_700_000_000_000_000_000L, 1));
    byte[] otherSeed = clockAndRandom(1_700_000_000_000_000_000L, 2);
    assertArrayEquals(Arrays.copyOf(first, 16), Arrays.copyOf(otherSeed, 16));
    assertFalse(Arrays.equals(first, 16, 32, otherSeed, 16, 32));
    long realtime = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
    assertTrue(realtime >= 1_700_000_000_000_000_000L && realtime < 1_700_000_000_001_000_000L);
  }

  private static byte[] clockAndRandom(long base, int seed) {
    byte[] bytes = new byte[32];
    bytes[0] = (byte) seed;
    TestSandbox.Ran ran =
        SANDBOX.run(
            SampleModules.printsClockAndRandom(),
            ExecutionSpec.builder().determinism(new Determinism(base, bytes)));
    assertEquals(SUCCESS, ran.outcome());
    return ran.output();
  }

  @Test
  void sleeping_takes_no_time() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.sleeps(285L * 365 * 24 * 3600 * 1_000_000_000));
    assertEquals(SUCCESS, ran.outcome());
    assertEquals("awake", ran.text());
  }

  @Test
  void an_instance_is_fresh_on_every_run() {
    for (int i = 0; i < 3; i++) {
      assertEquals("11", SANDBOX.run(SampleModules.countsItsRuns()).text());
    }
  }

  @Test
  void fuel_is_the_same_on_every_run() {
    long fuel = SANDBOX.run(SampleModules.writesBytes(1_000_000)).usage().fuel();
    for (int i = 0; i < 3; i++) {
      assertEquals(fuel, SANDBOX.run(SampleModules.writesBytes(1_000_000)).usage().fuel());
    }
    assertNotEquals(fuel, SANDBOX.run(SampleModules.writesBytes(2_000_000)).usage().fuel());
  }

  @Test
  void a_failing_output_ends_the_guest() {
    IOException gone = new IOException("gone");
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw gone;
          }
        };
    CompiledModule hello = SANDBOX.sandbox().compile(SampleModules.hello());
    ExecutionResult result =
        SANDBOX.sandbox().run(hello, ExecutionSpec.builder().output(broken).build());
    assertEquals(new Outcome.OutputFailed(gone), result.outcome());
  }

  @Test
  void a_failing_input_ends_the_guest() {
    IOException gone = new IOException("gone");
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw gone;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            throw gone;
          }
        };
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.echo(), ExecutionSpec.builder().input(broken));
    assertEquals(new Outcome.InputFailed(gone), ran.outcome());
  }

  @Test
  void a_module_is_compiled_once() {
    byte[] wasm = SampleModules.writes("compiled once");
    assertEquals(CompiledModule.Source.COMPILED, SANDBOX.sandbox().compile(wasm).source());
    CompiledModule again = SANDBOX.sandbox().compile(wasm);
    assertEquals(CompiledModule.Source.MEMORY, again.source());
    CompiledModule cached = SANDBOX.sandbox().cached(again.sha256());
    assertEquals(CompiledModule.Source.MEMORY, cached == null ? null : cached.source());
    assertNull(SANDBOX.sandbox().cached("0".repeat(64)));
    assertThrows(
        IllegalArgumentException.class, () -> SANDBOX.sandbox().cached("../../etc/passwd"));
  }

  @Test
  void what_the_gate_refuses_is_not_compiled() {
    GateRefusedException refused =
        assertThrows(
            GateRefusedException.class,
            () -> SANDBOX.sandbox().compile("#!/bin/sh\necho no wasm\n".getBytes(UTF_8)));
    assertFalse(refused.refusals().isEmpty());
  }

  @Test
  void a_module_of_another_sandbox_is_not_run() throws IOException {
    try (TestSandbox other = TestSandbox.open()) {
      CompiledModule foreign = other.sandbox().compile(SampleModules.hello());
      assertThrows(
          IllegalArgumentException.class,
          () -> SANDBOX.sandbox().run(foreign, ExecutionSpec.builder().build()));
    }
  }

  @Test
  void a_closed_sandbox_runs_nothing() throws IOException {
    TestSandbox other = TestSandbox.open();
    CompiledModule hello = other.sandbox().compile(SampleModules.hello());
    other.close();
    assertThrows(
        IllegalStateException.class,
        () -> other.sandbox().run(hello, ExecutionSpec.builder().build()));
  }
}
