package dev.limpet.node;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmhost.compiler.BusyModules;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** A node that compiles in a process of its own, as nodes do. */
@Isolated("it looks for processes that this JVM started")
final class CompilingTest {

  private final SampleFunction hello = SampleFunction.example("hello");
  private final Set<ProcessHandle> before =
      ProcessHandle.current().children().collect(Collectors.toSet());
  private NodeUnderTest node;

  @BeforeEach
  void start(@TempDir Path dir) {
    node = NodeUnderTest.start(dir, "compiler=child", "compiler-memory=64MiB");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private WireAnswer push(SampleFunction function) {
    return function.pushTo(node.url());
  }

  /** Processes that this one started since the test began, when the JVM runs in them. */
  private List<ProcessHandle> compilers() {
    return ProcessHandle.current()
        .children()
        .filter(child -> !before.contains(child))
        .filter(child -> child.info().command().filter(name -> name.endsWith("/java")).isPresent())
        .toList();
  }

  @Test
  void a_module_that_exhausts_the_compiler_is_refused_and_the_next_function_runs() {
    WireAnswer refused = push(SampleFunction.of(BusyModules.hungry()));
    assertEquals(422, refused.status(), refused::text);
    assertTrue(refused.text().contains("\"compile-memory\""), refused::text);
    assertEquals(204, push(hello).status());
    assertEquals(200, TestCall.of(hello).ask(node).status());
  }

  @Test
  void a_compiler_that_is_killed_at_work_is_replaced_and_the_function_runs() throws Exception {
    assertTrue(compilers().isEmpty(), "there is no compiler before there is work");
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<WireAnswer> pushed = callers.submit(() -> push(hello));
      await().until(() -> !compilers().isEmpty());
      assertTrue(compilers().getFirst().destroyForcibly());
      assertEquals(204, pushed.get().status());
    }
    assertEquals(200, TestCall.of(hello).ask(node).status());
  }
}
