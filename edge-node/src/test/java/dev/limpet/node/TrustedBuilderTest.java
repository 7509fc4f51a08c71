package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmhost.compiler.SignedCode;
import dev.limpet.wasmhost.engine.ModuleCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node that takes code which another machine has made, and compiles where it must not. */
final class TrustedBuilderTest {

  private final byte[] wasm = SampleFunction.exampleWasm("hello");
  private final SampleFunction hello = SampleFunction.of(wasm);

  @TempDir private Path dir = Path.of("");

  private NodeIdentity builder;

  @BeforeEach
  void build() throws IOException {
    builder = NodeIdentity.loadOrCreate(dir.resolve("builder.key"));
    Files.createDirectories(dir.resolve("trusted-code"));
  }

  private void put(byte[] code) throws IOException {
    Path file = dir.resolve("trusted-code").resolve(ModuleCache.sha256(wasm) + SignedCode.SUFFIX);
    Files.write(file, code);
  }

  /** Calls the function on a new node, and says what that counted. */
  private String metricsAfterCall() {
    try (NodeUnderTest node =
        NodeUnderTest.start(dir, "trusted-builders=" + builder.peerId(), "code-quota=0")) {
      assertEquals(204, hello.pushTo(node.url()).status());
      WireAnswer answer = TestCall.of(hello).ask(node);
      assertEquals(200, answer.status(), answer::text);
      assertTrue(answer.text().startsWith("Hello"), answer::text);
      return node.ask("GET /metrics").text();
    }
  }

  private static void assertCounted(String metrics, int built, int refused, int compiled) {
    assertTrue(metrics.contains("limpet_node_code_built_total " + built + ".0"), metrics);
    assertTrue(metrics.contains("limpet_node_code_built_refused_total " + refused + ".0"), metrics);
    assertTrue(metrics.contains("limpet_node_compiled_total " + compiled + ".0"), metrics);
  }

  @Test
  void code_of_a_trusted_builder_is_run_and_nothing_is_compiled() throws IOException {
    put(SignedCode.make(wasm, builder::sign));
    assertCounted(metricsAfterCall(), 1, 0, 0);
  }

  @Test
  void code_that_a_stranger_signed_is_not_run_and_the_function_is_compiled() throws IOException {
    NodeIdentity stranger = NodeIdentity.loadOrCreate(dir.resolve("stranger.key"));
    put(SignedCode.make(wasm, stranger::sign));
    assertCounted(metricsAfterCall(), 0, 1, 1);
  }

  @Test
  void code_with_a_changed_byte_is_not_run_and_the_function_is_compiled() throws IOException {
    byte[] code = SignedCode.make(wasm, builder::sign);
    code[code.length / 2] ^= 1;
    put(code);
    assertCounted(metricsAfterCall(), 0, 1, 1);
  }
}
