package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What all guests of a node share: memory that is really held, not limits. */
@Timeout(60)
final class NodeMemoryTest {

  private static final int PAGE = 65_536;
  private static final int SCRATCH = 16 << 10;

  /** Starts with some pages, grows once, and ends. */
  private static byte[] grows(int pages, int more) {
    WasmBuilder module = new WasmBuilder();
    WasmCode code = new WasmCode().i32(more).grow().i32(pages).equal().eqz();
    int start = module.function(">", "", code.when().unreachable().end());
    return module.memory(pages).export("_start", start).build();
  }

  @Test
  void both_copies_count_while_memory_grows() throws IOException {
    try (TestSandbox ten = TestSandbox.open(2, 10L * PAGE)) {
      assertEquals(new Outcome.Completed(0), ten.run(grows(4, 2)).outcome());
      assertEquals(new Outcome.NoNodeMemory(false), ten.run(grows(4, 3)).outcome());
      assertEquals(new Outcome.Completed(0), ten.run(grows(4, 2)).outcome());
    }
  }

  @Test
  void a_start_waits_until_a_neighbour_gives_back() throws Exception {
    try (TestSandbox small = TestSandbox.open(2, PAGE + SCRATCH);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch letGo = new CountDownLatch(1);
      Future<ExecutionResult> first =
          callers.submit(
              () -> {
                CompiledModule hello = small.sandbox().compile(SampleModules.hello());
                ExecutionSpec spec =
                    ExecutionSpec.builder().output(new Gate(inside, letGo)).build();
                return small.sandbox().run(hello, spec);
              });
      inside.await();
      ExecutionSpec.Builder brief = ExecutionSpec.builder().wall(Duration.ofMillis(50));
      assertEquals(
          new Outcome.NoNodeMemory(true), small.run(SampleModules.hello(), brief).outcome());
      Future<TestSandbox.Ran> second = callers.submit(() -> small.run(SampleModules.hello()));
      letGo.countDown();
      assertEquals(new Outcome.Completed(0), first.get().outcome());
      assertEquals(SampleModules.HELLO, second.get().text());
    }
  }

  /** An output that blocks until it is opened. */
  private static final class Gate extends OutputStream {
    private final CountDownLatch inside;
    private final CountDownLatch letGo;

    Gate(CountDownLatch inside, CountDownLatch letGo) {
      this.inside = inside;
      this.letGo = letGo;
    }

    @Override
    public void write(int value) throws IOException {
      inside.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
    }
  }

  @Test
  void a_guest_whose_output_nobody_takes_is_ended_by_the_clock() throws IOException {
    try (TestSandbox one = TestSandbox.open(1, 8 << 20)) {
      CompiledModule hello = one.sandbox().compile(SampleModules.hello());
      OutputStream never = new Gate(new CountDownLatch(1), new CountDownLatch(1));
      ExecutionSpec spec =
          ExecutionSpec.builder().output(never).wall(Duration.ofMillis(100)).build();
      assertEquals(new Outcome.OutOfTime(), one.sandbox().run(hello, spec).outcome());
      assertEquals(new Outcome.Completed(0), one.run(SampleModules.hello()).outcome());
    }
  }

  @Test
  void the_own_limit_is_asked_before_the_nodes() throws IOException {
    try (TestSandbox roomy = TestSandbox.open(1, 64 << 20)) {
      SandboxLimits all = SandboxLimits.pure0();
      SandboxLimits little =
          new SandboxLimits(
              4L * PAGE, all.fuel(), all.outputBytes(), all.logBytes(), 1, 0, all.callDepth());
      ExecutionSpec.Builder spec = ExecutionSpec.builder().limits(little);
      assertEquals(new Outcome.Completed(0), roomy.run(grows(3, 1), spec).outcome());
      assertEquals(new Outcome.OverMemory(), roomy.run(grows(3, 2), spec).outcome());
      assertEquals(new Outcome.OverMemory(), roomy.run(grows(5, 0), spec).outcome());
    }
  }

  @Test
  void a_guest_may_start_with_more_than_the_profile_when_its_limits_say_so() throws IOException {
    byte[] large = grows(1025, 0);
    SandboxLimits all = SandboxLimits.pure0();
    SandboxLimits more =
        new SandboxLimits(
            128 << 20, all.fuel(), all.outputBytes(), all.logBytes(), 1, 0, all.callDepth());
    try (TestSandbox roomy = TestSandbox.open(1, 80 << 20)) {
      assertEquals(new Outcome.OverMemory(), roomy.run(large).outcome());
      ExecutionSpec.Builder spec = ExecutionSpec.builder().limits(more);
      assertEquals(new Outcome.Completed(0), roomy.run(large, spec).outcome());
    }
  }

  @Test
  void memory_that_a_guest_gets_on_the_guess_that_it_grows_is_not_its_own_yet() throws IOException {
    WasmBuilder module = new WasmBuilder();
    // Traps unless it has one page, and a byte of the second page is out of bounds.
    WasmCode code = new WasmCode().op(0x3f, 0).i32(1).equal().eqz().when().unreachable().end();
    code.i32(1).grow().drop().i32(PAGE).load(0).when().unreachable().end();
    code.i32(PAGE).i32(7).store(0);
    byte[] wasm = module.memory(1).export("_start", module.function(">", "", code)).build();
    try (TestSandbox sandbox = TestSandbox.open()) {
      long fuel = -1;
      for (int i = 0; i < 3; i++) {
        TestSandbox.Ran ran = sandbox.run(wasm);
        assertEquals(new Outcome.Completed(0), ran.outcome());
        assertTrue(fuel < 0 || fuel == ran.usage().fuel());
        fuel = ran.usage().fuel();
      }
    }
  }

  @Test
  void data_in_thirty_thousand_segments_arrives_whole() throws IOException {
    int count = 30_351;
    WasmBuilder module = new WasmBuilder();
    int write = module.wasi("fd_write", "iiii>i");
    module.memory(17).exportMemory();
    byte[] expected = new byte[count * 20];
    for (int i = 0; i < count; i++) {
      // Gaps of 8, and one of a page: joined, and not joined.
      int at = i * 20 + (i < 1000 ? 0 : PAGE) + 64;
      byte[] bytes = {(byte) i, (byte) (i >> 8), 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
      module.data(at, bytes);
      System.arraycopy(bytes, 0, expected, i * 20, bytes.length);
    }
    module.data(0, new byte[] {64, 0, 0, 0, 0x20, 0x4e, 0, 0});
    int second = 64 + PAGE + 20_000;
    module.data(
        8, new byte[] {(byte) second, (byte) (second >> 8), (byte) (second >> 16), 0, 0, 0, 9, 0});
    WasmCode code = new WasmCode().store(12, (count - 1000) * 20);
    code.i32(1).i32(0).i32(2).i32(32).call(write).drop();
    byte[] wasm = module.export("_start", module.function(">", "", code)).build();
    try (TestSandbox sandbox = TestSandbox.open()) {
      TestSandbox.Ran ran = sandbox.run(wasm);
      assertEquals(new Outcome.Completed(0), ran.outcome());
      assertTrue(Arrays.equals(expected, ran.output()), ran.output().length + " bytes");
    }
  }
}
