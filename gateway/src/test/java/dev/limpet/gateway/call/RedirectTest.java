package dev.limpet.gateway.call;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that sends the gateway elsewhere, to a service that only the gateway's machine reaches.
 */
@Timeout(60)
class RedirectTest {
  @TempDir private Path folder = Path.of("");

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final WireServer internal = WireServer.start(e -> e.answer(200, "a secret"));

  /** Answers everything, whatever it is, with a redirect. */
  private final WireServer node =
      WireServer.start(
          e -> {
            asked.add(e.head().method() + " " + e.head().target());
            e.bodyText();
            e.answer(302, "", "Location: " + internal.url() + "/secret");
          });

  @AfterEach
  void stop() {
    assertEquals(0, internal.connections(), "the gateway followed: " + asked);
    node.close();
    internal.close();
  }

  private static WireAnswer get(CallsUnderTest gateway, String target) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null));
  }

  private static void assertFailed(WireAnswer answer) {
    assertEquals(502, answer.status(), answer.text());
    assertEquals("node-failed", answer.header("Limpet-Error"));
    assertEquals("", answer.header("Location"));
  }

  private boolean wasAsked(String start) {
    return asked.stream().anyMatch(each -> each.startsWith(start));
  }

  @Test
  void a_call_ends_with_a_problem() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("lying", node).holds(root);
      gateway.deploy("hello");
      assertFailed(get(gateway, "/on/" + root + "/-/hello"));
      assertFailed(get(gateway, "/on/" + root + "/below/it/-/hello"));
      assertFailed(get(gateway, "/fn/hello"));
      assertTrue(wasAsked("POST /v1/invocations"), asked.toString());
    }
  }

  @Test
  void reading_data_ends_with_a_problem() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("lying", node).holds(root);
      assertFailed(get(gateway, "/ipfs/" + root));
      assertFailed(get(gateway, "/ipfs/" + root + "/a?format=car"));
    }
  }

  @Test
  void a_function_that_is_sent_to_the_node_goes_nowhere_else() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      gateway.join("lying", node).holds(gateway.data());
      gateway.deploy("hello");
      await().until(() -> wasAsked("PUT /v1/functions/"));
      assertFailed(get(gateway, "/fn/hello"));
    }
  }

  @Test
  void a_module_that_the_node_should_have_is_not_fetched_from_elsewhere() throws Exception {
    try (var gateway = CallsUnderTest.open(folder)) {
      Cid module = gateway.data();
      gateway.join("lying", node).holds(module);
      ExecutionException failed =
          assertThrows(ExecutionException.class, () -> gateway.deployManifest(module));
      LimpetException cause = assertInstanceOf(LimpetException.class, failed.getCause());
      assertEquals(ErrorCode.NODE_FAILED, cause.code());
      assertTrue(wasAsked("GET /ipfs/" + module), asked.toString());
    }
  }

  @Test
  void a_redirect_of_a_function_or_to_a_directory_is_the_callers_to_follow() throws Exception {
    try (var honest =
            CallsUnderTest.node(
                e -> {
                  e.bodyText();
                  if (e.head().target().startsWith("/ipfs/")) {
                    e.answer(301, "", "Location: " + e.head().target() + "/");
                  } else {
                    e.answer(
                        302,
                        "",
                        "Limpet-Execution: " + e.head().target(),
                        "Location: " + internal.url());
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      Cid root = gateway.data();
      gateway.join("honest", honest).holds(root);
      gateway.deploy("hello");
      WireAnswer called = get(gateway, "/on/" + root + "/-/hello");
      assertEquals(302, called.status());
      assertEquals(internal.url().toString(), called.header("Location"));
      WireAnswer read = get(gateway, "/ipfs/" + root);
      assertEquals(301, read.status());
      assertEquals("/ipfs/" + root + "/", read.header("Location"));
    }
  }
}
