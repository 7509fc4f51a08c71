package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.MemoWish;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.Sandbox;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a function whose module takes long to compile: until the test lets it end. */
@Timeout(60)
final class SlowLoadsTest {
  private final SampleFunction hello = SampleFunction.of(SampleModules.hello());
  private final CountDownLatch compile = new CountDownLatch(1);
  private final AtomicInteger begun = new AtomicInteger();

  @TempDir private Path dir;

  private Sandbox slow(Sandbox own) {
    return new OtherSandbox(own) {
      @Override
      public CompiledModule compile(byte[] wasm) {
        begun.incrementAndGet();
        try {
          compile.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        return own.compile(wasm);
      }
    };
  }

  private NodeUnderTest node() {
    NodeUnderTest node = NodeUnderTest.before(this::slow, dir);
    assertEquals(201, node.add(hello.car()).status());
    return node;
  }

  @AfterEach
  void letItEnd() {
    compile.countDown();
  }

  /** That the answer says what there is to say, and when to ask again. */
  private static void assertCompiling(WireAnswer answer) {
    assertEquals(503, answer.status(), answer::text);
    assertEquals("compiling", answer.header("Limpet-Error"));
    assertEquals("1", answer.header("Retry-After"));
    Problem problem = Problem.fromJson(answer.bytes());
    assertEquals(ErrorCode.COMPILING, problem.code());
    assertTrue(
        problem
            .detail()
            .matches(
                "node shed has been compiling the module of this function for \\d+ m?s and goes on;"
                    + " the same call again waits for that"),
        problem::detail);
  }

  @Test
  void a_call_whose_time_ends_while_its_module_compiles_is_told_so_and_the_compiling_goes_on() {
    try (NodeUnderTest node = node()) {
      assertCompiling(TestCall.of(hello).timeoutMs(300).ask(node));
      assertCompiling(TestCall.of(hello).timeoutMs(1).ask(node));
      compile.countDown();
      assertEquals(SampleModules.HELLO, TestCall.of(hello).ask(node).text());
      assertEquals(1, begun.get());
    }
  }

  @Test
  void a_caller_who_hangs_up_ends_no_compiling_and_the_next_call_waits_for_the_same() {
    try (NodeUnderTest node = node();
        WireClient second = WireClient.connect(node.url())) {
      try (WireClient first = WireClient.connect(node.url())) {
        TestCall.of(hello).send(first);
        await().until(() -> begun.get() == 1);
        first.reset();
      }
      TestCall.of(hello).memo(MemoWish.NO_STORE).send(second);
      assertCompiling(TestCall.of(hello).memo(MemoWish.NO_STORE).timeoutMs(1).ask(node));
      compile.countDown();
      assertEquals(SampleModules.HELLO, second.answer().text());
      assertEquals(1, begun.get());
    }
  }

  @Test
  void a_call_that_waits_for_an_equal_one_is_told_that_this_waits_for_the_compiler() {
    try (NodeUnderTest node = node();
        WireClient first = WireClient.connect(node.url())) {
      TestCall.of(hello).send(first);
      await().until(() -> begun.get() == 1);
      assertCompiling(TestCall.of(hello).timeoutMs(100).ask(node));
      compile.countDown();
      assertEquals(SampleModules.HELLO, first.answer().text());
    }
  }
}
