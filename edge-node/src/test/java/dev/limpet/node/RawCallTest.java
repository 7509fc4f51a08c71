package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of raw functions at a node. */
@Timeout(60)
class RawCallTest {
  @TempDir private Path dir;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.start(dir.resolve("node"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private TestCall call(byte[] wasm) {
    SampleFunction function = SampleFunction.of(wasm, ",\"abi\":\"raw\"");
    assertEquals(201, node.add(function.car()).status());
    return TestCall.of(function);
  }

  @Test
  void its_input_is_the_body_or_the_file() {
    SampleDag file = SampleDag.file(3, 50_000);
    assertEquals(201, node.add(file.car()).status());
    byte[] body = "some text".getBytes(StandardCharsets.UTF_8);
    WireAnswer echoed = call(SampleModules.raw()).body(body).ask(node);
    assertEquals(200, echoed.status(), echoed::text);
    assertArrayEquals(body, echoed.bytes());
    assertEquals("application/octet-stream", echoed.header("Content-Type"));
    assertArrayEquals(body, call(SampleModules.raw()).chunked(body).ask(node).bytes());
    WireAnswer read = call(SampleModules.raw()).on(file.root()).ask(node);
    assertArrayEquals(SampleDag.bytes(3, 50_000), read.bytes());
    assertEquals("50000", read.header("Limpet-Data-Bytes"));
    WireAnswer both = call(SampleModules.raw()).on(file.root()).body(body).ask(node);
    assertArrayEquals(body, both.bytes());
    assertEquals(0, call(SampleModules.raw()).ask(node).bytes().length);
  }

  @Test
  void a_second_call_sees_nothing_of_the_first() {
    for (int i = 0; i < 2; i++) {
      assertArrayEquals(
          new byte[] {1, 1, 1, 2}, call(SampleModules.rawDirties()).ask(node).bytes());
    }
  }

  @Test
  void what_it_cannot_take_is_refused_and_what_it_must_not_answer_fails() {
    SampleDag folder = SampleDag.directory(dir, Map.of("a", "1"));
    assertEquals(201, node.add(folder.car()).status());
    failed(call(SampleModules.raw()).on(folder.root()).ask(node), 400, "bad-arguments");
    failed(
        call(SampleModules.raw()).on(folder.root(), "a").on(folder.root()).ask(node),
        400,
        "bad-arguments");
    failed(call(SampleModules.raw()).arguments("x").ask(node), 400, "bad-arguments");
    failed(
        call(SampleModules.raw()).body(new byte[(16 << 20) + 1]).ask(node), 413, "body-too-large");
    failed(call(SampleModules.rawAnswers(-1)).ask(node), 502, "guest-trapped");
    failed(call(SampleModules.rawAnswers(1L << 50)).ask(node), 502, "guest-trapped");
    failed(call(SampleModules.hello()).ask(node), 502, "guest-trapped");
  }
}
