package dev.limpet.wasmhost;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import dev.limpet.wasmhost.engine.LoadedModule;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls that are likely to be short run on their caller's thread, and nobody can tell. */
@Timeout(60)
class ShortRunsTest {

  /** Far more calls than it takes: on a busy machine some short ones take long. */
  private static final int MANY = 20_000;

  private static final int TOO_DEEP = 500;

  private TestSandbox sandbox = TestSandbox.open();

  @AfterEach
  void stop() throws IOException {
    WasmSandbox inner = (WasmSandbox) sandbox.sandbox();
    assertEquals(inner.pool().bytes(), inner.memory().held(), "what is held and not idle");
    sandbox.close();
  }

  /** Takes an answer, and knows whose thread wrote it. */
  private static final class Answer extends ByteArrayOutputStream {
    private volatile @Nullable Thread writer;
    private int writes;

    @Override
    public synchronized void write(byte[] source, int offset, int length) {
      writer = Thread.currentThread();
      writes++;
      super.write(source, offset, length);
    }
  }

  private record Ran(ExecutionResult result, Answer answer) {
    String text() {
      return answer.toString(US_ASCII);
    }

    void assertElsewhere() {
      assertNotNull(answer.writer);
      assertNotSame(Thread.currentThread(), answer.writer);
    }
  }

  private Ran call(byte[] wasm, ExecutionSpec.Builder spec) {
    Answer answer = new Answer();
    ExecutionSpec whole = spec.output(answer).build();
    return new Ran(sandbox.sandbox().run(sandbox.sandbox().compile(wasm), whole), answer);
  }

  private static ExecutionSpec.Builder given(byte[] input) {
    return ExecutionSpec.builder().input(new ByteArrayInputStream(input));
  }

  /** With leave to run on the calling thread. */
  private static ExecutionSpec.Builder here(String input) {
    byte[] bytes = input.getBytes(US_ASCII);
    return given(bytes).mayRunHere(bytes);
  }

  /** Calls it until a call ran here: those before were short. */
  private Ran callHere(byte[] wasm, ExecutionSpec.Builder spec) {
    for (int i = 0; i < MANY; i++) {
      Ran ran = call(wasm, spec);
      assertEquals(new Outcome.Completed(0), ran.result().outcome());
      if (Thread.currentThread().equals(ran.answer().writer)) {
        return ran;
      }
    }
    throw new AssertionError("of " + MANY + " calls none ran here");
  }

  private byte[] known(byte[] wasm, ExecutionSpec.Builder spec) {
    Ran _ = callHere(wasm, spec);
    return wasm;
  }

  @Test
  void a_command_runs_here_when_those_before_were_short_and_is_the_same_as_elsewhere() {
    byte[] wasm = SampleModules.printsClockAndRandom();
    Ran first = call(wasm, here(""));
    first.assertElsewhere();
    assertSameAnswer(first, callHere(wasm, here("")));
    Ran withoutLeave = call(wasm, given(new byte[0]));
    withoutLeave.assertElsewhere();
    assertSameAnswer(first, withoutLeave);
  }

  @Test
  void so_does_a_raw_function_with_its_input_and_all_that_it_changes_is_as_it_was() {
    byte[] wasm = RawModules.counts();
    Ran here = callHere(wasm, here("x").raw());
    assertArrayEquals(new byte[] {1}, here.answer().toByteArray());
    assertSameAnswer(call(wasm, given("x".getBytes(US_ASCII)).raw()), here);
  }

  @Test
  void a_command_reads_its_whole_input_and_each_of_its_writes_is_one() {
    byte[] wasm = SampleModules.writesThenEchoes("head ");
    Ran here = callHere(wasm, here("another body"));
    assertEquals("head another body", here.text());
    Ran elsewhere = call(wasm, given("another body".getBytes(US_ASCII)));
    assertEquals(elsewhere.answer().writes, here.answer().writes);
    assertSameAnswer(elsewhere, here);
  }

  private static void assertSameAnswer(Ran one, Ran other) {
    assertEquals(one.result().outcome(), other.result().outcome());
    assertEquals(one.text(), other.text());
    Usage usage = one.result().usage();
    Usage same = other.result().usage();
    assertEquals(usage.fuel(), same.fuel());
    assertEquals(usage.peakMemoryBytes(), same.peakMemoryBytes());
    assertEquals(usage.outputBytes(), same.outputBytes());
    assertEquals(usage.log().tail(1000), same.log().tail(1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"t", "l", "d"})
  void one_that_turns_out_not_to_be_short_ends_as_it_does_elsewhere(String how) {
    SandboxLimits limits = TestSandbox.fuel(1_000_000);
    byte[] wasm = known(RawModules.counts(), here("").raw().limits(limits));
    Ran tried = call(wasm, here(how).raw().limits(limits));
    assertSameAnswer(call(wasm, given(how.getBytes(US_ASCII)).raw().limits(limits)), tried);
    Ran next = call(wasm, here("").raw().limits(limits));
    next.assertElsewhere();
    Ran again = callHere(wasm, here("").raw().limits(limits));
    assertArrayEquals(new byte[] {1}, again.answer().toByteArray());
  }

  @Test
  void what_a_guest_wrote_in_a_try_is_not_written_twice() {
    byte[] wasm = known(SampleModules.echo(), here("short"));
    String longer = "abcdefgh".repeat(3000);
    Ran whole = call(wasm, here(longer));
    whole.assertElsewhere();
    assertEquals(longer, whole.text());
    assertEquals(longer.length(), whole.result().usage().outputBytes());
  }

  @Test
  void a_try_in_vain_leaves_nothing_in_the_log_of_its_execution() {
    WasmSandbox inner = (WasmSandbox) sandbox.sandbox();
    byte[] wasm = known(SampleModules.logsThenEchoes("said "), here("short"));
    LoadedModule module = inner.loaded(inner.compile(wasm));
    ShortRuns tries = new ShortRuns(new GuestScheduler(1), inner.memory(), inner.pool());
    LiveLog log = new LiveLog();
    ExecutionSpec tooLong = here("abcdefgh".repeat(3000)).log(log).build();
    assertNull(tries.run(module, tooLong, System.nanoTime()));
    assertFalse(module.shortness().isLikely(), "it was tried");
    assertFalse(log.hasBegun());
    ExecutionResult ended = inner.run(inner.compile(wasm), tooLong);
    assertEquals("said ", ended.usage().log().tail(100));
    assertEquals("said ", log.now().tail(100));
  }

  @Test
  void the_log_of_a_call_that_ran_here_is_there_when_it_has_ended() {
    LiveLog log = new LiveLog();
    Ran ran = callHere(SampleModules.logsThenEchoes("said "), here("short").log(log));
    assertEquals("short", ran.text());
    assertEquals("said ", log.now().tail(100));
  }

  @Test
  void a_guest_with_data_runs_elsewhere() {
    byte[] wasm = known(SampleModules.echo(), here("short"));
    call(wasm, here("short").mount("/data", InMemoryDataMount.file("x"))).assertElsewhere();
  }

  @Test
  void an_input_that_is_set_later_is_not_the_one_that_was_in_memory() {
    byte[] wasm = known(SampleModules.echo(), here("short"));
    Ran other =
        call(wasm, here("short").input(new ByteArrayInputStream("other".getBytes(US_ASCII))));
    other.assertElsewhere();
    assertEquals("other", other.text());
  }

  /** Calls itself as often as it has arguments, each with a hundred variables, and then writes. */
  private static byte[] descends() {
    WasmBuilder module = new WasmBuilder();
    int sizes = module.wasi("args_sizes_get", "ii>i");
    int write = module.wasi("fd_write", "iiii>i");
    module.memory(1);
    WasmCode bottom = new WasmCode().store(16, 64).store(20, 4).store(64, 0x70656564);
    bottom.i32(1).i32(16).i32(1).i32(24).call(write).drop();
    int self = module.function(">", "", bottom) + 1;
    WasmCode down = new WasmCode().get(0).eqz().when().call(self - 1).end();
    down.get(0).when().get(0).i32(1).sub().call(self).end();
    module.function("i>", String.join("", Collections.nCopies(100, "I")), down);
    WasmCode start = new WasmCode().i32(0).i32(4).call(sizes).drop();
    start.i32(0).load(0).call(self);
    return module.exportMemory().export("_start", module.function(">", "", start)).build();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 10, TOO_DEEP})
  void a_guest_that_goes_deeper_than_a_callers_stack_has_room_for_runs_elsewhere(int depth) {
    byte[] wasm = known(descends(), here(""));
    List<String> arguments = Collections.nCopies(depth, "a");
    boolean tooDeep = depth == TOO_DEEP;
    ExecutionSpec.Builder tries = here("").arguments(arguments);
    Ran tried = tooDeep ? call(wasm, tries) : callHere(wasm, tries);
    assertEquals("deep", tried.text());
    if (tooDeep) {
      tried.assertElsewhere();
    }
    assertSameAnswer(call(wasm, given(new byte[0]).arguments(arguments)), tried);
  }

  @Test
  void while_another_guest_computes_with_the_only_permit_it_waits_its_turn_elsewhere()
      throws Exception {
    sandbox.close();
    sandbox = TestSandbox.open(1, 64 << 20);
    byte[] wasm = known(SampleModules.hello(), here(""));
    CountDownLatch begun = new CountDownLatch(1);
    CancelToken cancel = new CancelToken();
    OutputStream said =
        new OutputStream() {
          @Override
          public void write(int value) {
            begun.countDown();
          }
        };
    CompiledModule spins = sandbox.sandbox().compile(SampleModules.writesThenSpins("x"));
    try (ExecutorService other = Executors.newVirtualThreadPerTaskExecutor()) {
      other.execute(
          () ->
              sandbox
                  .sandbox()
                  .run(spins, ExecutionSpec.builder().output(said).cancel(cancel).build()));
      begun.await();
      call(wasm, here("")).assertElsewhere();
      cancel.cancel();
    }
  }

  @Test
  void one_that_is_cancelled_before_does_not_run() {
    byte[] wasm = known(SampleModules.hello(), here(""));
    CancelToken cancel = new CancelToken();
    cancel.cancel();
    Ran cancelled = call(wasm, here("").cancel(cancel));
    assertEquals(new Outcome.Cancelled(), cancelled.result().outcome());
    assertEquals("", cancelled.text());
  }

  @Test
  void an_output_that_fails_is_told() {
    byte[] wasm = known(SampleModules.hello(), here(""));
    IOException gone = new IOException("gone");
    OutputStream fails =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw gone;
          }
        };
    ExecutionSpec spec = here("").output(fails).build();
    ExecutionResult result = sandbox.sandbox().run(sandbox.sandbox().compile(wasm), spec);
    Outcome.OutputFailed failed = assertInstanceOf(Outcome.OutputFailed.class, result.outcome());
    assertSame(gone, failed.cause());
  }
}
