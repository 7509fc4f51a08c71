package dev.limpet.wasmhost;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.RunPermit;
import dev.limpet.wasmhost.engine.StopSignal;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Errors around a guest, which its outcome does not say: somebody hears of each. */
@Timeout(60)
final class GuestTurnTest {

  private static final TestSandbox SANDBOX = TestSandbox.open();
  private final OutOfMemoryError error = new OutOfMemoryError("for a test");

  @AfterAll
  static void close() throws IOException {
    SANDBOX.close();
  }

  /** A permit that nobody else wants. */
  private static final class Own implements RunPermit {
    @Override
    public void lend() {}

    @Override
    public void regain() {}

    @Override
    public void offer() {}

    @Override
    public void stopped() {}
  }

  private GuestTurn turn(Budget memory, InputStream input) {
    WasmSandbox sandbox = (WasmSandbox) SANDBOX.sandbox();
    ExecutionSpec spec =
        ExecutionSpec.builder().input(input).output(OutputStream.nullOutputStream()).build();
    CompiledModule module = sandbox.compile(SampleModules.echo());
    return new GuestTurn(
        new Admission(sandbox.loaded(module), spec, new StopSignal(), 0, Long.MAX_VALUE),
        memory,
        sandbox.pool());
  }

  private Budget failing() {
    return new Budget(
        0,
        _ -> {
          throw error;
        });
  }

  private InputStream failingInput() {
    return new InputStream() {
      @Override
      public int read() {
        throw error;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        throw error;
      }
    };
  }

  /** What ends a thread that runs the turn, as its handler hears. */
  private static CompletableFuture<Throwable> run(GuestTurn turn) throws InterruptedException {
    CompletableFuture<Throwable> unheard = new CompletableFuture<>();
    Thread thread = Thread.ofPlatform().unstarted(() -> turn.run(new Own()));
    thread.setUncaughtExceptionHandler((_, e) -> unheard.complete(e));
    thread.start();
    thread.join();
    return unheard;
  }

  @Test
  void an_error_while_memory_is_reserved_is_thrown_as_it_is_at_who_waits() throws Exception {
    GuestTurn turn = turn(failing(), InputStream.nullInputStream());
    CompletableFuture<Throwable> unheard = run(turn);
    assertSame(error, assertThrows(OutOfMemoryError.class, turn::await));
    assertFalse(unheard.isDone());
  }

  @Test
  void an_error_that_comes_after_the_caller_was_told_goes_to_the_handler_of_the_thread()
      throws Exception {
    Budget enough = new Budget(64 << 20);
    for (GuestTurn turn :
        new GuestTurn[] {
          turn(failing(), InputStream.nullInputStream()), turn(enough, failingInput())
        }) {
      turn.abandon();
      assertSame(error, run(turn).getNow(null));
      assertInstanceOf(Outcome.OutOfTime.class, turn.await().outcome());
    }
  }
}
