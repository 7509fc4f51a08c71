package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.GuestLog;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What makes a node sick, from where it happens to what its health says. */
@Timeout(60)
@Isolated("its errors end threads, which those who wait beside it would take for theirs")
final class SicknessTest {
  private final SampleFunction hello = SampleFunction.of(SampleModules.hello());

  @TempDir private Path dir;

  /** A node that has a function whose module does not load. */
  private NodeUnderTest loading(Supplier<Error> error) {
    return NodeUnderTest.before(
        real ->
            new OtherSandbox(real) {
              @Override
              public CompiledModule compile(byte[] wasm) {
                throw error.get();
              }
            },
        dir);
  }

  /** A node whose guests end like that. */
  private NodeUnderTest running(Supplier<Outcome> outcome) {
    return NodeUnderTest.before(
        real ->
            new OtherSandbox(real) {
              @Override
              public ExecutionResult run(CompiledModule module, ExecutionSpec spec) {
                Usage.Times times = new Usage.Times(Duration.ZERO, Duration.ZERO, Duration.ZERO);
                return new ExecutionResult(
                    outcome.get(), new Usage(0, 0, 0, GuestLog.EMPTY, times, null));
              }
            },
        dir);
  }

  /** A node around whose guests an error comes when they have written that. */
  private NodeUnderTest writing(String text, AtomicReference<OutputStream> answer) {
    return NodeUnderTest.before(
        real ->
            new OtherSandbox(real) {
              @Override
              public ExecutionResult run(CompiledModule module, ExecutionSpec spec) {
                answer.set(spec.output());
                try {
                  spec.output().write(text.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
                throw new OutOfMemoryError("Java heap space");
              }
            },
        dir);
  }

  private WireAnswer call(NodeUnderTest node) {
    assertEquals(201, node.add(hello.car()).status());
    return TestCall.of(hello).ask(node);
  }

  private static void assertSick(NodeUnderTest node, WireAnswer answer, Class<?> error) {
    assertEquals(503, answer.status(), answer::text);
    assertEquals("node-memory", answer.header("Limpet-Error"));
    String reason = node.node().sick().getNow("well");
    assertTrue(reason.startsWith(error.getName()), reason);
    WireAnswer ready = node.ask("GET /health/ready");
    assertEquals(503, ready.status());
    assertTrue(ready.text().contains("sick"), ready::text);
    assertEquals(200, node.ask("GET /health/live").status());
  }

  private static void assertWell(NodeUnderTest node, WireAnswer answer) {
    assertEquals(500, answer.status(), answer::text);
    assertFalse(node.node().sick().isDone());
    assertEquals(200, node.ask("GET /health/ready").status());
  }

  @Test
  void a_node_without_memory_for_the_classes_of_a_module_is_sick() {
    try (NodeUnderTest node = loading(() -> new OutOfMemoryError("Metaspace"))) {
      assertSick(node, call(node), OutOfMemoryError.class);
    }
  }

  @Test
  void so_is_one_whose_classes_were_not_loaded_for_that_reason() {
    try (NodeUnderTest node =
        loading(() -> new ExceptionInInitializerError(new OutOfMemoryError("Metaspace")))) {
      assertSick(node, call(node), OutOfMemoryError.class);
    }
  }

  @Test
  void so_is_one_whose_host_code_came_to_the_end_of_its_stack_while_a_guest_ran() {
    Supplier<Outcome> outcome = () -> new Outcome.HostFailed(new StackOverflowError());
    try (NodeUnderTest node = running(outcome)) {
      assertSick(node, call(node), StackOverflowError.class);
    }
  }

  @Test
  void so_is_one_that_failed_around_a_guest() {
    Supplier<Outcome> outcome =
        () -> {
          throw new IllegalStateException("it wraps", new OutOfMemoryError("Java heap space"));
        };
    try (NodeUnderTest node = running(outcome)) {
      assertSick(node, call(node), OutOfMemoryError.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",\"abi\":\"http\""})
  void what_a_guest_wrote_before_that_is_dropped_and_does_not_leave_later(String abi) {
    AtomicReference<OutputStream> answer = new AtomicReference<>();
    try (NodeUnderTest node = writing("Status: 200\n\na", answer)) {
      SampleFunction function = SampleFunction.of(SampleModules.hello(), abi);
      assertEquals(201, node.add(function.car()).status());
      assertSick(node, TestCall.of(function).ask(node), OutOfMemoryError.class);
      assertThrows(IOException.class, () -> answer.get().write('b'));
    }
  }

  @Test
  void other_errors_are_of_one_call_and_make_no_node_sick() {
    try (NodeUnderTest node = loading(() -> new NoClassDefFoundError("a/class"))) {
      assertWell(node, call(node));
      node.node().report(new IllegalStateException("a bug"));
      assertFalse(node.node().sick().isDone());
    }
    Supplier<Outcome> outcome = () -> new Outcome.HostFailed(new IllegalStateException("a bug"));
    try (NodeUnderTest node = running(outcome)) {
      assertWell(node, call(node));
    }
  }

  @Test
  void what_nobody_catches_makes_it_sick_too() {
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      node.node().report(new StackOverflowError());
      assertEquals("java.lang.StackOverflowError", node.node().sick().join());
      assertEquals(503, node.ask("GET /health/ready").status());
    }
  }
}
