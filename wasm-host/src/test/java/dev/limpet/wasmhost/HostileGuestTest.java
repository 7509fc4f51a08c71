package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests that want to harm; the class is bounded as a whole, since "never ends" is its subject. */
@Timeout(120)
final class HostileGuestTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private static final long LITTLE_FUEL = 50_000_000;

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  private static ExecutionSpec.Builder littleTime() {
    return ExecutionSpec.builder().wall(Duration.ofMillis(200));
  }

  @Test
  void a_loop_runs_out_of_fuel() {
    TestSandbox.Ran ran =
        SANDBOX.run(
            SampleModules.loopsForever(),
            ExecutionSpec.builder().limits(TestSandbox.fuel(LITTLE_FUEL)));
    assertEquals(new Outcome.OutOfFuel(), ran.outcome());
    assertEquals(LITTLE_FUEL, ran.usage().fuel());
  }

  @Test
  void a_loop_runs_out_of_time() {
    ExecutionSpec.Builder spec = littleTime().limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL));
    assertEquals(
        new Outcome.OutOfTime(), SANDBOX.run(SampleModules.loopsForever(), spec).outcome());
  }

  @Test
  void others_answer_while_one_spins_and_that_one_ends_when_it_is_cancelled() throws Exception {
    CompiledModule loop = SANDBOX.sandbox().compile(SampleModules.growsThenSpins());
    CancelToken cancel = new CancelToken();
    CountDownLatch spinning = new CountDownLatch(1);
    OutputStream output =
        new OutputStream() {
          @Override
          public void write(int value) {
            spinning.countDown();
          }
        };
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .output(output)
            .cancel(cancel)
            .limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL))
            .wall(Duration.ofMinutes(10))
            .build();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ExecutionResult> stuck = callers.submit(() -> SANDBOX.sandbox().run(loop, spec));
      try {
        spinning.await();
        for (int answers = 0; answers < 20; answers++) {
          assertEquals(new Outcome.Completed(0), SANDBOX.run(SampleModules.hello()).outcome());
        }
        assertFalse(stuck.isDone());
      } finally {
        cancel.cancel();
      }
      assertEquals(new Outcome.Cancelled(), stuck.get().outcome());
    }
  }

  @Test
  void a_cancelled_token_starts_nothing() {
    CancelToken cancel = new CancelToken();
    cancel.cancel();
    TestSandbox.Ran ran =
        SANDBOX.run(SampleModules.hello(), ExecutionSpec.builder().cancel(cancel));
    assertEquals(new Outcome.Cancelled(), ran.outcome());
    assertEquals("", ran.text());
  }

  @Test
  void recursion_ends_as_a_trap_with_exact_fuel() {
    TestSandbox.Ran first = SANDBOX.run(SampleModules.recursesForever());
    assertEquals(new Outcome.Trapped("call stack exhausted"), first.outcome());
    for (int i = 0; i < 50; i++) {
      assertEquals(
          first.usage().fuel(), SANDBOX.run(SampleModules.recursesForever()).usage().fuel());
    }
  }

  @Test
  void a_flood_of_output_ends_at_the_limit() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.floodsOutput());
    assertEquals(new Outcome.OverOutput(), ran.outcome());
    assertTrue(ran.output().length <= SandboxLimits.pure0().outputBytes());
    assertEquals(ran.output().length, ran.usage().outputBytes());
  }

  @Test
  void a_flood_of_log_keeps_both_ends() {
    TestSandbox.Ran ran =
        SANDBOX.run(
            SampleModules.floodsLog(),
            ExecutionSpec.builder().limits(TestSandbox.fuel(LITTLE_FUEL)));
    assertEquals(new Outcome.OutOfFuel(), ran.outcome());
    assertTrue(ran.usage().log().cutBytes() > 0);
    assertTrue(ran.usage().log().bytes().length < SandboxLimits.pure0().logBytes() + 100);
    assertTrue(ran.log().contains("bytes cut"));
  }

  @Test
  void bulk_fills_are_stopped_by_the_clock() {
    TestSandbox.Ran ran =
        SANDBOX.run(
            SampleModules.fillsForever(),
            littleTime().limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL)));
    assertEquals(new Outcome.OutOfTime(), ran.outcome());
  }

  @Test
  void a_bad_pointer_is_an_error_code_and_nothing_more() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.writesFromBadPointer());
    assertInstanceOf(Outcome.Trapped.class, ran.outcome());
    assertEquals("", ran.text());
  }

  @Test
  void growth_beyond_the_own_limit_is_denied_and_no_failure_by_itself() {
    TestSandbox.Ran ran = SANDBOX.run(SampleModules.growsThenExits());
    assertEquals(new Outcome.Completed(0), ran.outcome());
    assertEquals(SandboxLimits.pure0().memoryBytes(), ran.usage().peakMemoryBytes());
  }

  @Test
  void a_guest_that_fails_after_a_denied_growth_is_over_memory() {
    assertEquals(new Outcome.OverMemory(), SANDBOX.run(SampleModules.growsThenTraps()).outcome());
  }

  @Test
  void growth_that_the_node_cannot_give_ends_the_guest() throws IOException {
    try (TestSandbox small = TestSandbox.open(2, 8 << 20)) {
      TestSandbox.Ran ran = small.run(SampleModules.growsThenExits());
      assertEquals(new Outcome.NoNodeMemory(false), ran.outcome());
      assertEquals(new Outcome.Completed(0), small.run(SampleModules.hello()).outcome());
    }
  }

  @Test
  void a_start_waits_for_memory_until_its_time_is_over() throws Exception {
    try (TestSandbox small = TestSandbox.open(2, 0)) {
      TestSandbox.Ran never = small.run(SampleModules.hello());
      assertEquals(new Outcome.NoNodeMemory(true), never.outcome());
    }
  }

  /** Blocks until it is interrupted, or, when it is deaf, until it is let go. */
  private static final class StuckInput extends InputStream {
    private final CountDownLatch letGo = new CountDownLatch(1);
    private final boolean deaf;

    StuckInput(boolean deaf) {
      this.deaf = deaf;
    }

    @Override
    public int read() throws IOException {
      return read(new byte[1], 0, 1);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      while (true) {
        try {
          letGo.await();
          return -1;
        } catch (InterruptedException e) {
          if (!deaf) {
            throw new IOException("interrupted", e);
          }
        }
      }
    }
  }

  @Test
  void a_guest_that_waits_for_its_input_is_reached() {
    TestSandbox.Ran ran =
        SANDBOX.run(SampleModules.echo(), littleTime().input(new StuckInput(false)));
    assertEquals(new Outcome.OutOfTime(), ran.outcome());
  }

  @Test
  void a_stream_that_is_deaf_holds_a_thread_but_neither_its_caller_nor_others() throws Exception {
    try (TestSandbox one = TestSandbox.open(1, 8 << 20)) {
      StuckInput deaf = new StuckInput(true);
      TestSandbox.Ran ran = one.run(SampleModules.echo(), littleTime().input(deaf));
      assertEquals(new Outcome.OutOfTime(), ran.outcome());
      assertEquals(new Outcome.Completed(0), one.run(SampleModules.hello()).outcome());
      deaf.letGo.countDown();
    }
  }

  @Test
  void more_guests_than_threads_wait_their_turn() throws Exception {
    try (TestSandbox two = TestSandbox.open(2, 64 << 20);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<TestSandbox.Ran>> runs = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        runs.add(callers.submit(() -> two.run(SampleModules.hello())));
      }
      for (Future<TestSandbox.Ran> run : runs) {
        assertEquals(SampleModules.HELLO, run.get(30, TimeUnit.SECONDS).text());
      }
    }
  }

  @Test
  void an_interrupted_caller_takes_its_guest_with_it() throws Exception {
    CompiledModule loop = SANDBOX.sandbox().compile(SampleModules.loopsForever());
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL))
            .wall(Duration.ofMinutes(1))
            .build();
    List<Outcome> outcomes = new ArrayList<>();
    Thread caller =
        Thread.ofVirtual().start(() -> outcomes.add(SANDBOX.sandbox().run(loop, spec).outcome()));
    caller.interrupt();
    caller.join();
    assertEquals(List.of(new Outcome.Cancelled()), outcomes);
  }

  @Test
  void closing_ends_what_runs() throws Exception {
    TestSandbox other = TestSandbox.open();
    CompiledModule loop = other.sandbox().compile(SampleModules.growsThenSpins());
    CountDownLatch spinning = new CountDownLatch(1);
    OutputStream output =
        new OutputStream() {
          @Override
          public void write(int value) {
            spinning.countDown();
          }
        };
    ExecutionSpec spec =
        ExecutionSpec.builder()
            .output(output)
            .limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL))
            .wall(Duration.ofMinutes(1))
            .build();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<ExecutionResult> result = callers.submit(() -> other.sandbox().run(loop, spec));
      spinning.await();
      other.close();
      assertEquals(new Outcome.Cancelled(), result.get().outcome());
    }
  }
}
