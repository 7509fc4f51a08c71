package dev.limpet.wasmhost;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Instances of raw functions serve one call after another, restored between: nothing is left of the
 * one before, and all that waits is paid for.
 */
@Timeout(60)
class WarmInstanceTest {
  private static final int PAGE = 65_536;
  private TestSandbox sandbox = TestSandbox.open();

  @BeforeEach
  void start() {
    assertEquals(0, idle());
  }

  @AfterEach
  void stop() throws IOException {
    WasmSandbox inner = inner();
    assertEquals(inner.pool().bytes(), inner.memory().held(), "what is held and not idle");
    sandbox.close();
  }

  private WasmSandbox inner() {
    return (WasmSandbox) sandbox.sandbox();
  }

  private int idle() {
    return inner().pool().idle();
  }

  private void reopen(int threads, long memoryBytes) throws IOException {
    sandbox.close();
    sandbox = TestSandbox.open(threads, memoryBytes);
  }

  private TestSandbox.Ran call(byte[] wasm, String input) {
    return call(wasm, input, SandboxLimits.pure0());
  }

  private TestSandbox.Ran call(byte[] wasm, String input, SandboxLimits limits) {
    ByteArrayInputStream body = new ByteArrayInputStream(input.getBytes(US_ASCII));
    return sandbox.run(wasm, ExecutionSpec.builder().raw().input(body).limits(limits));
  }

  private static SandboxLimits limits(long memoryBytes, long fuel) {
    SandboxLimits pure = SandboxLimits.pure0();
    return new SandboxLimits(memoryBytes, fuel, 100, 1024, 1, 0, pure.callDepth());
  }

  @Test
  void the_next_call_finds_all_as_it_was_after_initialising_and_pays_the_same() {
    byte[] wasm = RawModules.dirtiesEverything();
    TestSandbox.Ran fresh = call(wasm, "some input");
    assertArrayEquals(RawModules.CLEAN, fresh.output());
    assertTrue(fresh.usage().fuel() > 3 * 8192, "growing by three pages costs fuel");
    for (int i = 0; i < 5; i++) {
      assertEquals(1, idle(), "the same instance serves every call");
      TestSandbox.Ran restored = call(wasm, "some input");
      assertArrayEquals(RawModules.CLEAN, restored.output());
      assertEquals(fresh.usage().fuel(), restored.usage().fuel());
      assertEquals(5 * PAGE, restored.usage().peakMemoryBytes());
    }
  }

  @Test
  void bytes_of_one_callers_input_are_gone() {
    byte[] wasm = RawModules.counts();
    assertArrayEquals(new byte[] {1}, call(wasm, "").output());
    // Input stays where it was: without restoring, an empty input would still begin with t.
    assertInstanceOf(Outcome.Trapped.class, call(wasm, "t").outcome());
    assertArrayEquals(new byte[] {1}, call(wasm, "x").output());
    assertArrayEquals(new byte[] {1}, call(wasm, "").output());
    assertEquals(1, idle());
  }

  @ParameterizedTest
  @ValueSource(strings = {"t", "l", "d"})
  void an_instance_that_does_not_simply_return_is_not_used_again(String how) {
    byte[] wasm = RawModules.counts();
    SandboxLimits limits = limits(PAGE, 1_000_000);
    assertArrayEquals(new byte[] {1}, call(wasm, "", limits).output());
    assertEquals(1, idle());
    assertFalse(call(wasm, how, limits).outcome() instanceof Outcome.Completed);
    assertEquals(0, idle());
    assertArrayEquals(new byte[] {1}, call(wasm, "", limits).output());
    assertEquals(1, idle());
  }

  @Test
  void one_that_is_stopped_or_whose_answer_nobody_takes_is_not_used_again() {
    byte[] wasm = RawModules.counts();
    assertArrayEquals(new byte[] {1}, call(wasm, "").output());
    ByteArrayInputStream loop = new ByteArrayInputStream(new byte[] {'l'});
    ExecutionSpec.Builder brief =
        ExecutionSpec.builder().raw().input(loop).wall(Duration.ofMillis(300));
    assertEquals(new Outcome.OutOfTime(), sandbox.run(wasm, brief).outcome());
    assertEquals(0, idle());
    assertArrayEquals(new byte[] {1}, call(wasm, "").output());
    SandboxLimits pure = SandboxLimits.pure0();
    SandboxLimits silent =
        new SandboxLimits(pure.memoryBytes(), pure.fuel(), 0, 1024, 1, 0, pure.callDepth());
    assertEquals(new Outcome.OverOutput(), call(wasm, "", silent).outcome());
    assertEquals(0, idle());
  }

  /** Runs calls at once: all have begun to answer before one of them may end. */
  private List<byte[]> together(byte[] wasm, int count) throws Exception {
    CountDownLatch answering = new CountDownLatch(count);
    CountDownLatch letGo = new CountDownLatch(1);
    CompiledModule module = sandbox.sandbox().compile(wasm);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<byte[]>> calls = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        HeldOutput output = new HeldOutput(answering, letGo);
        ExecutionSpec spec = ExecutionSpec.builder().raw().output(output).build();
        calls.add(
            callers.submit(
                () -> {
                  ExecutionResult result = sandbox.sandbox().run(module, spec);
                  assertEquals(new Outcome.Completed(0), result.outcome());
                  return output.toByteArray();
                }));
      }
      answering.await();
      assertEquals(0, idle());
      letGo.countDown();
      List<byte[]> answers = new ArrayList<>();
      for (Future<byte[]> call : calls) {
        answers.add(call.get());
      }
      return answers;
    }
  }

  private static final class HeldOutput extends ByteArrayOutputStream {
    private final CountDownLatch answering;
    private final CountDownLatch letGo;

    HeldOutput(CountDownLatch answering, CountDownLatch letGo) {
      this.answering = answering;
      this.letGo = letGo;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      answering.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      super.write(bytes, offset, length);
    }
  }

  @Test
  void calls_at_the_same_time_have_instances_of_their_own() throws Exception {
    byte[] wasm = RawModules.counts();
    for (int round = 0; round < 3; round++) {
      for (byte[] answer : together(wasm, 3)) {
        assertArrayEquals(new byte[] {1}, answer);
      }
      assertEquals(3, idle());
    }
  }

  @Test
  void only_so_many_instances_of_a_module_wait() throws Exception {
    reopen(20, 64 << 20);
    assertEquals(20, together(RawModules.counts(), 20).size());
    assertEquals(16, idle());
  }

  @Test
  void what_waits_goes_when_another_guest_needs_its_memory() throws IOException {
    reopen(1, 16L * PAGE);
    assertArrayEquals(new byte[] {1}, call(RawModules.answers(2, 1), "").output());
    assertEquals(1, idle());
    ExecutionSpec.Builder small = ExecutionSpec.builder();
    assertEquals(new Outcome.Completed(0), sandbox.run(RawModules.command(12), small).outcome());
    assertEquals(1, idle(), "there was room for both");
    ExecutionSpec.Builder large = ExecutionSpec.builder();
    assertEquals(new Outcome.Completed(0), sandbox.run(RawModules.command(15), large).outcome());
    assertEquals(0, idle());
    assertTrue(inner().pool().bytes() < PAGE, inner().pool().bytes() + " bytes");
    assertArrayEquals(new byte[] {1}, call(RawModules.answers(2, 1), "").output());
  }

  @Test
  void the_pool_holds_a_part_of_the_memory_and_drops_what_was_not_used_for_longest()
      throws IOException {
    reopen(1, 16 << 20);
    for (int i = 0; i < 6; i++) {
      assertArrayEquals(new byte[] {(byte) i}, call(RawModules.answers(16, i), "").output());
      assertArrayEquals(new byte[] {0}, call(RawModules.answers(16, 0), "").output());
      assertTrue(inner().pool().bytes() <= 4 << 20, inner().pool().bytes() + " bytes");
    }
    assertEquals(3, idle());
    long before = inner().pool().bytes();
    assertArrayEquals(new byte[] {0}, call(RawModules.answers(16, 0), "").output());
    assertEquals(before, inner().pool().bytes());
  }

  @Test
  void large_memories_and_modules_with_imports_begin_anew_each_time() {
    byte[] large = RawModules.answers(65, 3);
    byte[] importing = RawModules.countsWithImport();
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(new byte[] {3}, call(large, "").output());
      assertArrayEquals(new byte[] {1}, call(importing, "").output());
      assertEquals(0, idle());
    }
  }

  @Test
  void an_instance_serves_only_calls_with_the_limits_that_it_began_with() {
    byte[] wasm = RawModules.growsAtStart();
    SandboxLimits two = limits(2 * PAGE, 1_000_000);
    SandboxLimits eight = limits(8 * PAGE, 1_000_000);
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(new byte[] {1}, call(wasm, "", two).output());
      assertArrayEquals(new byte[] {4}, call(wasm, "", eight).output());
      assertEquals(2, idle());
    }
    SandboxLimits scarce = limits(8 * PAGE, 100);
    assertEquals(new Outcome.OutOfFuel(), call(wasm, "", scarce).outcome());
    assertEquals(new Outcome.OutOfFuel(), call(wasm, "", scarce).outcome());
  }

  @Test
  void a_module_that_the_cache_lets_go_of_keeps_no_instance() throws IOException {
    sandbox.close();
    sandbox = TestSandbox.withCacheOf(100_000);
    assertArrayEquals(new byte[] {1}, call(RawModules.answers(1, 1), "").output());
    assertArrayEquals(new byte[] {2}, call(RawModules.answers(1, 2), "").output());
    assertTrue(idle() <= 1, idle() + " are idle");
  }
}
