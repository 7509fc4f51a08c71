package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.data.InMemoryDataMount;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Guests of a machine with a single core. */
@Timeout(60)
final class GuestSchedulerTest {

  private static final String FILE = "a line of text\n".repeat(100_000);

  private final TestSandbox one = TestSandbox.open(1, 64 << 20);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final List<CancelToken> cancels = new ArrayList<>();

  @AfterEach
  void close() throws IOException {
    cancels.forEach(CancelToken::cancel);
    callers.close();
    one.close();
  }

  private static ExecutionSpec.Builder longRun() {
    return ExecutionSpec.builder()
        .limits(TestSandbox.fuel(SandboxLimits.MAX_FUEL))
        .wall(Duration.ofMinutes(1));
  }

  /** Gives one byte when it is let go, then its end. */
  private static final class SlowInput extends InputStream {
    private final CountDownLatch asked;
    private final CountDownLatch letGo;
    private boolean given;

    SlowInput(CountDownLatch asked, CountDownLatch letGo) {
      this.asked = asked;
      this.letGo = letGo;
    }

    @Override
    public int read() throws IOException {
      asked.countDown();
      try {
        letGo.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      if (given) {
        return -1;
      }
      given = true;
      return 'x';
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      int next = read();
      if (next < 0) {
        return -1;
      }
      target[offset] = (byte) next;
      return 1;
    }
  }

  private List<Future<TestSandbox.Ran>> slowCallers(int count, CountDownLatch letGo)
      throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(count);
    List<Future<TestSandbox.Ran>> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SlowInput input = new SlowInput(asked, letGo);
      runs.add(callers.submit(() -> one.run(SampleModules.echo(), longRun().input(input))));
    }
    asked.await();
    return runs;
  }

  @Test
  void guests_that_wait_for_their_callers_hold_up_nobody() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    List<Future<TestSandbox.Ran>> slow = slowCallers(40, letGo);
    assertEquals(SampleModules.HELLO, one.run(SampleModules.hello()).text());
    letGo.countDown();
    for (Future<TestSandbox.Ran> run : slow) {
      assertEquals("x", run.get().text());
    }
  }

  @Test
  void a_guest_that_computes_gives_way_to_another_function() throws Exception {
    CompiledModule loop = one.sandbox().compile(SampleModules.writesThenSpins("\n"));
    List<Future<ExecutionResult>> spinning = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      CancelToken cancel = new CancelToken();
      cancels.add(cancel);
      ExecutionSpec spec = longRun().cancel(cancel).build();
      spinning.add(callers.submit(() -> one.sandbox().run(loop, spec)));
    }
    for (int i = 0; i < 20; i++) {
      assertEquals(SampleModules.HELLO, one.run(SampleModules.hello()).text());
    }
    cancels.forEach(CancelToken::cancel);
    for (Future<ExecutionResult> each : spinning) {
      assertEquals(new Outcome.Cancelled(), each.get().outcome());
    }
  }

  @Test
  void fuel_is_the_same_however_often_a_guest_gives_way() throws Exception {
    InMemoryDataMount folder = InMemoryDataMount.directory().add("data", FILE);
    long[] fuel = new long[2];
    for (int round = 0; round < 2; round++) {
      List<Future<TestSandbox.Ran>> others = new ArrayList<>();
      for (int i = 0; i < 200 * round; i++) {
        others.add(callers.submit(() -> one.run(SampleModules.hello())));
      }
      TestSandbox.Ran copy = one.run(SampleModules.copiesFile("data"), folder);
      assertEquals(FILE.length(), copy.output().length);
      fuel[round] = copy.usage().fuel();
      for (Future<TestSandbox.Ran> other : others) {
        assertEquals(SampleModules.HELLO, other.get().text());
      }
    }
    assertEquals(fuel[0], fuel[1]);
  }

  @Test
  void when_all_threads_are_taken_calls_wait_for_one() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    List<Future<TestSandbox.Ran>> slow = slowCallers(SandboxConfig.MAX_GUESTS, letGo);
    Future<TestSandbox.Ran> waits = callers.submit(() -> one.run(SampleModules.hello()));
    TestSandbox.Ran late =
        one.run(SampleModules.hello(), ExecutionSpec.builder().wall(Duration.ofMillis(100)));
    assertEquals(new Outcome.OutOfTime(), late.outcome());
    letGo.countDown();
    assertEquals(SampleModules.HELLO, waits.get().text());
    for (Future<TestSandbox.Ran> run : slow) {
      assertEquals("x", run.get().text());
    }
  }
}
