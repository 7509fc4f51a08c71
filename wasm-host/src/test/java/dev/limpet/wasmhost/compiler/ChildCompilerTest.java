package dev.limpet.wasmhost.compiler;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.wasmgate.GateLimits;
import dev.limpet.wasmgate.GateVerdict;
import dev.limpet.wasmgate.ModuleGate;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.CompilerFailedException;
import dev.limpet.wasmhost.engine.ModuleRefused;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

final class ChildCompilerTest {

  private static final byte[] HELLO = SampleModules.hello();
  private static final byte[] HUNGRY = BusyModules.hungry();
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final CompilerBounds BOUNDS =
      new CompilerBounds(256 << 20, LONG, LONG, 1 << 20, LONG, 10);

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  ChildCompilerTest() {}

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private static ProcessHandle process(ChildCompiler compiler) {
    await().until(() -> compiler.pid().isPresent());
    return ProcessHandle.of(compiler.pid().orElseThrow()).orElseThrow();
  }

  private static void awaitEnd(long pid) {
    await().until(() -> !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
  }

  @Test
  void a_process_is_kept_for_the_next_module_and_makes_the_same_code() {
    long pid;
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      assertTrue(compiler.pid().isEmpty(), "no process before there is work");
      byte[] code = compiler.compile(HELLO).encode();
      assertArrayEquals(Compiler.inThisProcess().compile(HELLO).encode(), code);
      pid = compiler.pid().orElseThrow();
      assertArrayEquals(code, compiler.compile(HELLO).encode());
      assertEquals(pid, compiler.pid().orElseThrow());
    }
    awaitEnd(pid);
  }

  @Test
  @Tag("long")
  void a_process_gets_nothing_of_the_environment_but_what_names_files() throws IOException {
    assumeTrue(Files.isReadable(Path.of("/proc/self/environ")));
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      compiler.compile(HELLO);
      Path environment = Path.of("/proc", Long.toString(process(compiler).pid()), "environ");
      String text = Files.readString(environment, StandardCharsets.ISO_8859_1);
      List<String> kept = List.of("LC_ALL", "LC_CTYPE", "LANG", "MALLOC_ARENA_MAX");
      for (String variable : text.split("\0", -1)) {
        assertTrue(
            variable.isEmpty() || kept.contains(variable.split("=", 2)[0]), variable + " in it");
      }
    }
  }

  @Test
  @Tag("long")
  void a_process_is_replaced_after_its_number_of_modules_and_ends_when_idle() {
    CompilerBounds once = new CompilerBounds(256 << 20, LONG, LONG, 1 << 20, LONG, 1);
    CompilerBounds brief = new CompilerBounds(256 << 20, LONG, LONG, 1 << 20, Duration.ZERO, 10);
    try (ChildCompiler compiler = new ChildCompiler(once, new CompileCounts());
        ChildCompiler idle = new ChildCompiler(brief, new CompileCounts())) {
      compiler.compile(HELLO);
      long first = compiler.pid().orElseThrow();
      compiler.compile(HELLO);
      assertNotEquals(first, compiler.pid().orElseThrow());
      awaitEnd(first);
      idle.compile(HELLO);
      awaitEnd(idle.pid().orElseThrow());
    }
  }

  @Test
  @Tag("long")
  void a_module_that_takes_all_memory_is_refused_and_the_next_one_is_compiled() {
    assertInstanceOf(
        GateVerdict.Admitted.class, new ModuleGate(GateLimits.pure0()).inspect(HUNGRY));
    CompilerBounds small = new CompilerBounds(64 << 20, LONG, LONG, 1 << 20, LONG, 10);
    CompileCounts counts = new CompileCounts();
    try (Compiler compiler = counts.counted(new ChildCompiler(small, counts))) {
      ModuleRefused refused = assertThrows(ModuleRefused.class, () -> compiler.compile(HUNGRY));
      assertEquals("compile-memory", refused.refusal().rule());
      assertTrue(compiler.compile(HELLO).encode().length > 0);
      assertEquals(1, counts.of(CompileCounts.Event.REFUSED));
      assertEquals(1, counts.of(CompileCounts.Event.COMPILED));
      assertEquals(2, counts.of(CompileCounts.Event.PROCESS_STARTED));
      assertEquals(1, counts.of(CompileCounts.Event.PROCESS_LOST));
      assertTrue(counts.seconds() > 0);
    }
  }

  @Test
  void processor_time_and_time_by_the_clock_are_bounded() {
    Duration little = Duration.ofMillis(1);
    refusedFor("compile-cpu", new CompilerBounds(256 << 20, little, LONG, 1 << 20, LONG, 10));
    refusedFor("compile-time", new CompilerBounds(256 << 20, LONG, little, 1 << 20, LONG, 10));
  }

  @Test
  @Tag("long")
  void a_process_that_answers_too_much_is_ended() {
    CompilerBounds terse = new CompilerBounds(256 << 20, LONG, LONG, 100, LONG, 10);
    try (ChildCompiler compiler = new ChildCompiler(terse, new CompileCounts())) {
      ModuleRefused refused = assertThrows(ModuleRefused.class, () -> compiler.compile(HELLO));
      assertEquals("compile-output", refused.refusal().rule());
      awaitEnd(compiler.pid().orElseThrow());
    }
  }

  private static void refusedFor(String rule, CompilerBounds bounds) {
    try (ChildCompiler compiler = new ChildCompiler(bounds, new CompileCounts())) {
      ModuleRefused refused = assertThrows(ModuleRefused.class, () -> compiler.compile(HUNGRY));
      assertEquals(rule, refused.refusal().rule());
    }
  }

  @Test
  @Tag("long")
  void a_process_that_is_long_busy_with_one_module_holds_up_no_other() throws Exception {
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      Future<byte[]> slow = callers.submit(() -> compiler.compile(HUNGRY).encode());
      ProcessHandle busy = process(compiler);
      assertEquals(
          0, new ProcessBuilder("kill", "-STOP", Long.toString(busy.pid())).start().waitFor());
      assertTrue(compiler.compile(HELLO).encode().length > 0);
      assertNotEquals(busy.pid(), compiler.pid().orElseThrow());
      assertFalse(slow.isDone());
    }
  }

  @Test
  void a_process_that_is_killed_once_is_not_noticed() throws Exception {
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      Future<byte[]> code = callers.submit(() -> compiler.compile(HELLO).encode());
      ProcessHandle first = process(compiler);
      assertTrue(first.destroyForcibly());
      byte[] expected = Compiler.inThisProcess().compile(HELLO).encode();
      assertArrayEquals(expected, code.get());
      assertArrayEquals(expected, compiler.compile(HELLO).encode()); // it may have been killed idle
      assertNotEquals(first.pid(), process(compiler).pid());
    }
  }

  @Test
  @Tag("long")
  void a_process_that_is_killed_twice_is_an_error_and_the_next_module_is_compiled() {
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      Future<byte[]> code = callers.submit(() -> compiler.compile(HUNGRY).encode());
      ProcessHandle first = process(compiler);
      assertTrue(first.destroyForcibly());
      await().until(() -> process(compiler).pid() != first.pid());
      assertTrue(process(compiler).destroyForcibly());
      ExecutionException failed = assertThrows(ExecutionException.class, code::get);
      assertTrue(failed.getCause() instanceof CompilerFailedException, failed::toString);
      assertTrue(compiler.compile(HELLO).encode().length > 0);
    }
  }

  @Test
  void closing_ends_what_is_being_compiled() {
    Future<byte[]> code;
    ProcessHandle busy;
    try (ChildCompiler compiler = new ChildCompiler(BOUNDS, new CompileCounts())) {
      code = callers.submit(() -> compiler.compile(HUNGRY).encode());
      busy = process(compiler);
    }
    ExecutionException failed = assertThrows(ExecutionException.class, code::get);
    assertEquals(
        "the compiler is being closed",
        assertInstanceOf(CompilerFailedException.class, failed.getCause()).getMessage());
    awaitEnd(busy.pid());
  }

  @Test
  void a_process_ends_with_the_one_that_started_it_even_after_kill_9() throws Exception {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                CompilerParentMain.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader lines = parent.inputReader(StandardCharsets.UTF_8)) {
      long pid = Long.parseLong(Objects.requireNonNull(lines.readLine()));
      ProcessHandle child = ProcessHandle.of(pid).orElseThrow();
      assertTrue(parent.destroyForcibly().waitFor() != 0);
      await().until(() -> !child.isAlive());
    } finally {
      parent.destroyForcibly();
    }
  }
}
