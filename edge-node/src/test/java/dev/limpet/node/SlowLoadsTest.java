package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.Sandbox;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a function whose module takes long to compile. */
@Timeout(60)
final class SlowLoadsTest {
  private final SampleFunction hello = SampleFunction.of(SampleModules.hello());
  private final CountDownLatch compile = new CountDownLatch(1);
  private final AtomicInteger compiled = new AtomicInteger();

  private Sandbox slow(Sandbox own) {
    return new OtherSandbox(own) {
      @Override
      public CompiledModule compile(byte[] wasm) {
        try {
          compile.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        CompiledModule module = own.compile(wasm);
        compiled.incrementAndGet();
        return module;
      }
    };
  }

  @Test
  void a_call_whose_time_ends_while_its_module_compiles_is_told_so_and_the_compiling_goes_on(
      @TempDir Path dir) {
    try (NodeUnderTest node = NodeUnderTest.before(this::slow, dir)) {
      assertEquals(201, node.add(hello.car()).status());
      WireAnswer first = TestCall.of(hello).timeoutMs(300).ask(node);
      assertEquals(504, first.status(), first::text);
      assertEquals("out-of-time", first.header("Limpet-Error"));
      assertEquals("1", first.header("Retry-After"));
      assertTrue(first.text().contains("which goes on"), first::text);
      compile.countDown();
      await().until(() -> compiled.get() == 1);
      assertEquals(SampleModules.HELLO, TestCall.of(hello).ask(node).text());
      assertEquals(1, compiled.get());
    } finally {
      compile.countDown();
    }
  }
}
