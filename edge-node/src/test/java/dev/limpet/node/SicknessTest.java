package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SicknessTest {

  @Test
  void a_sick_node_says_so_and_other_errors_make_none_sick(@TempDir Path dir) {
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      node.node().report(new IllegalStateException("a bug"));
      assertFalse(node.node().sick().isDone());
      assertEquals(200, node.ask("GET /health/ready").status());
      node.node().report(new StackOverflowError());
      assertEquals("java.lang.StackOverflowError", node.node().sick().join());
      WireAnswer ready = node.ask("GET /health/ready");
      assertEquals(503, ready.status());
      assertTrue(ready.text().contains("sick"), ready::text);
      assertEquals(200, node.ask("GET /health/live").status());
    }
  }
}
