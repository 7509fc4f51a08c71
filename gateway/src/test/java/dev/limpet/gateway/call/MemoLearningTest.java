package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.memo.Keepers;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway takes from answers about whether those of a function are kept. */
@Timeout(60)
class MemoLearningTest {
  @TempDir private Path folder;

  @Test
  void an_answer_that_says_that_it_is_too_long_for_any_memo_says_so_before_it_has_come()
      throws Exception {
    CountDownLatch seen = new CountDownLatch(1);
    try (var node =
            CallsUnderTest.node(
                e -> {
                  e.raw(
                      "HTTP/1.1 200 o\r\nLimpet-Memo: miss\r\nContent-Length: "
                          + (Keepers.MAX_KEEPER_ANSWER_BYTES + 1)
                          + "\r\n\r\n");
                  hold(seen);
                });
        var gateway = CallsUnderTest.open(folder);
        var client = WireClient.connect(gateway.url())) {
      gateway.join("a", node).holds();
      Cid function = gateway.deploy("hello").function();
      client.send(WireClient.request("GET /fn/hello", null));
      assertEquals(200, client.head().status());
      assertFalse(gateway.memo.isKept(function));
      seen.countDown();
    }
  }

  private static void hold(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What says nothing about whether the answers of a function are kept. */
  @ParameterizedTest
  @ValueSource(
      strings = {"HEAD no-cache", "GET no-cache", "GET if-none-match", "GET range", "GET failing"})
  void only_a_whole_good_answer_says_that_those_of_a_function_are_not_kept(String kind)
      throws Exception {
    try (var node =
            CallsUnderTest.node(
                e -> {
                  switch (kind) {
                    case "HEAD no-cache" -> e.raw("HTTP/1.1 200 o\r\nLimpet-Memo: miss\r\n\r\n");
                    case "GET range" -> e.answer(206, "x", "Limpet-Memo: hit");
                    case "GET failing" -> e.answer(502, "x", "Limpet-Error: guest-trapped");
                    default -> e.raw("HTTP/1.1 304 n\r\nLimpet-Memo: miss\r\n\r\n");
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      Cid function = gateway.deploy("hello").function();
      String method = kind.substring(0, kind.indexOf(' '));
      String line = kind.endsWith("no-cache") ? "Cache-Control: no-cache" : "If-None-Match: \"x\"";
      WireAnswer _ =
          WireClient.ask(gateway.url(), WireClient.request(method + " /fn/hello", null, line));
      assertTrue(gateway.memo.isKept(function));
    }
  }
}
