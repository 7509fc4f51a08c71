package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.TASK;
import static dev.limpet.gateway.call.Asking.get;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The head of a kept answer is made once; what one caller is told beside it no other one hears. */
@Timeout(60)
class MemoHeadsTest {
  private static final String SHOP = "https://shop.example";
  private static final String TASK_LINE = "Limpet-Task: " + TASK;
  private static final String TAG_LINE = "ETag: \"" + TASK + "\"";
  private static final String MISS = "Limpet-Memo: miss";

  @TempDir private Path folder;

  private static WireServer node(int status, String body) {
    return CallsUnderTest.node(
        exchange -> exchange.answer(status, body, TASK_LINE, TAG_LINE, MISS, "X-Word: caf\u00e9"));
  }

  private static void requireHit(WireAnswer answer) {
    assertEquals("hit", answer.header("Limpet-Memo"));
  }

  @Test
  void what_a_page_may_read_is_said_to_it_alone() throws Exception {
    try (var node = node(200, "hello");
        var gateway = new CallsUnderTest(folder, Setup.OPEN.callableFrom(SHOP))) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello");
      for (int round = 0; round < 2; round++) {
        WireAnswer ofPage = get(gateway, "/fn/hello", "Origin: " + SHOP);
        requireHit(ofPage);
        assertEquals(SHOP, ofPage.header("Access-Control-Allow-Origin"));
        WireAnswer ofNoPage = get(gateway, "/fn/hello");
        requireHit(ofNoPage);
        assertEquals("", ofNoPage.header("Access-Control-Allow-Origin"));
        for (WireAnswer each : List.of(ofPage, ofNoPage)) {
          assertEquals("Origin, Limpet-Data", each.header("Vary"));
        }
      }
    }
  }

  @Test
  void a_gateway_that_may_says_of_answers_by_cid_that_they_never_change() throws Exception {
    try (var node = node(200, "hello");
        var gateway = new CallsUnderTest(folder, Setup.OPEN.immutable())) {
      gateway.join("a", node).holds();
      String byCid = "/fn/" + gateway.deploy("hello").function();
      for (String memo : List.of("miss", "hit")) {
        WireAnswer answer = get(gateway, byCid);
        assertEquals(memo, answer.header("Limpet-Memo"));
        assertEquals("public, max-age=86400, immutable", answer.header("Cache-Control"));
      }
      assertEquals("public, no-cache", get(gateway, "/fn/hello").header("Cache-Control"));
    }
  }

  @Test
  void who_closes_the_connection_is_told_so_and_nobody_else() throws Exception {
    try (var node = node(200, "hello");
        var gateway = CallsUnderTest.open(folder);
        WireClient stays = WireClient.connect(gateway.url())) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      get(gateway, "/fn/hello");
      WireAnswer last = get(gateway, "/fn/hello", "Connection: close");
      requireHit(last);
      assertEquals("close", last.header("Connection"));
      for (int i = 0; i < 2; i++) {
        stays.send("GET /fn/hello HTTP/1.1\r\nHost: localhost\r\n\r\n");
        WireAnswer one = stays.answer();
        requireHit(one);
        assertEquals("", one.header("Connection"));
        assertEquals("5", one.header("Content-Length"));
      }
    }
  }

  @Test
  void an_answer_without_a_body_and_what_is_no_ascii_come_again_as_they_came() throws Exception {
    try (var node = node(204, "");
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("a", node).holds();
      gateway.deploy("hello");
      WireAnswer first = get(gateway, "/fn/hello");
      for (int i = 0; i < 2; i++) {
        WireAnswer again = get(gateway, "/fn/hello");
        assertEquals(first.status(), again.status());
        for (String name : List.of("Content-Length", "X-Word", "ETag", "Cache-Control")) {
          assertEquals(first.head().headers(name), again.head().headers(name), name);
        }
      }
      assertTrue(first.header("X-Word").startsWith("caf"), first.header("X-Word"));
    }
  }
}
