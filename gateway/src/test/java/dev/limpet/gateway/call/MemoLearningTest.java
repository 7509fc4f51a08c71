package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.file.Path;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway takes from answers about whether those of a function are kept. */
@Timeout(60)
class MemoLearningTest {
  @TempDir private Path folder;

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
