package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.answerWell;
import static dev.limpet.gateway.call.Asking.get;
import static dev.limpet.gateway.call.Asking.isInquiry;
import static dev.limpet.gateway.call.Asking.problem;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a call on data that nobody announced. */
@Timeout(60)
class InquiriesTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> shown = new CopyOnWriteArrayList<>();

  @TempDir private Path folder;

  /** A node that has everything, or nothing, and answers calls. */
  private WireServer node(String name, boolean has) throws IOException {
    return CallsUnderTest.node(e -> answer(e, name, has));
  }

  private void answer(WireExchange e, String name, boolean has) throws IOException {
    if (has && isInquiry(e) && e.head().method().equals("GET")) {
      shown.add(name);
      e.answer(200, "data 1");
      return;
    }
    if (!e.head().method().equals("HEAD")) {
      answerWell(e);
      return;
    }
    asked.add(name + " " + e.head().target() + " " + e.head().header("Cache-Control").orElse(""));
    e.answer(has ? 200 : 412, "");
  }

  @Test
  void a_node_that_has_it_gets_the_call_and_is_not_asked_again() throws Exception {
    try (var has = node("has", true);
        var lacks = node("lacks", false);
        var gateway = CallsUnderTest.open(folder)) {
      Cid deep = gateway.data();
      gateway.join("has", has).holds();
      gateway.join("lacks", lacks).holds();
      gateway.deploy("hello");

      assertEquals("has", get(gateway, "/on/" + deep + "/-/hello").header("Limpet-Node"));
      assertEquals("has", get(gateway, "/on/" + deep + "/-/hello").header("Limpet-Node"));

      String question = " /ipfs/" + deep + "?format=raw only-if-cached";
      assertEquals(List.of("has" + question, "lacks" + question), asked.stream().sorted().toList());
      assertEquals(List.of("has"), shown);
    }
  }

  @Test
  void a_node_that_only_says_so_does_not_get_it() throws Exception {
    try (var says =
            CallsUnderTest.node(
                e -> {
                  if (isInquiry(e)) {
                    e.answer(200, e.head().method().equals("GET") ? "something else" : "");
                  } else {
                    answerWell(e);
                  }
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("says", says).holds();
      gateway.deploy("hello");
      var answer = get(gateway, "/on/" + gateway.data() + "/-/hello");
      assertEquals(ErrorCode.DATA_NOT_FOUND, problem(answer).code());
    }
  }

  @Test
  void that_nobody_has_it_is_remembered_too() throws Exception {
    try (var lacks = node("lacks", false);
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("lacks", lacks).holds();
      gateway.deploy("hello");
      Cid nowhere = gateway.data();
      for (int i = 0; i < 2; i++) {
        var answer = get(gateway, "/on/" + nowhere + "/-/hello");
        assertEquals(ErrorCode.DATA_NOT_FOUND, problem(answer).code());
        assertEquals(404, get(gateway, "/ipfs/" + nowhere).status());
        var cached = get(gateway, "/ipfs/" + nowhere, "Cache-Control: max-age=9, Only-If-Cached");
        assertEquals(412, cached.status());
        assertEquals(ErrorCode.NOT_CACHED, problem(cached).code());
      }
      assertEquals(1, asked.size());
    }
  }

  @Test
  void a_call_waits_for_answers_no_longer_than_it_may_take() throws Exception {
    Semaphore go = new Semaphore(0);
    try (var silent =
            CallsUnderTest.node(
                e -> {
                  if (e.head().method().equals("HEAD")) {
                    go.acquireUninterruptibly();
                  }
                  e.answer(412, "");
                });
        var gateway = CallsUnderTest.open(folder)) {
      gateway.join("silent", silent).holds();
      gateway.deploy("hello");
      String call = "/on/" + gateway.data() + "/-/hello";
      WireAnswer answer = get(gateway, call, "Limpet-Timeout: 50ms");
      go.release();
      assertEquals(ErrorCode.OUT_OF_TIME, problem(answer).code());
    }
  }

  @Test
  void a_caller_without_a_token_causes_no_questions() throws Exception {
    try (var has = node("has", true);
        var gateway = new CallsUnderTest(folder, Setup.OPEN.withPublic())) {
      gateway.join("has", has).holds();
      gateway.deploy("hello");
      Cid deep = gateway.data();
      assertEquals(404, get(gateway, "/on/" + deep + "/-/hello").status());
      assertEquals(404, get(gateway, "/ipfs/" + deep).status());
      assertEquals(List.of(), asked);
    }
  }
}
