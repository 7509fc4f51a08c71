package dev.limpet.gateway.call;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.Problem;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;

/** What tests of calls ask, how their nodes answer, and when they are taken to be away. */
final class Asking {
  /** Where no node is. */
  static final URI NOBODY = URI.create("http://127.0.0.1:1");

  /** Longer than three heartbeats of the gateways of these tests: a node is away after it. */
  static final Duration SILENCE = Duration.ofSeconds(91);

  static final String TASK = "bafyreigaknpexyvxt76zgkitavbwx6ejgfheup5oybpm77f3pxzrvwpfdi";

  private Asking() {}

  static Invocation invocation(WireExchange exchange) {
    return Invocation.fromHeader(exchange.head().header("Limpet-Invocation").orElse(""));
  }

  static WireAnswer get(CallsUnderTest gateway, String target, String... lines) {
    return WireClient.ask(gateway.url(), WireClient.request("GET " + target, null, lines));
  }

  static Problem problem(WireAnswer answer) {
    assertEquals("application/problem+json", answer.header("Content-Type"));
    Problem problem = Problem.fromJson(answer.bytes());
    assertEquals(problem.code().code(), answer.header("Limpet-Error"));
    assertEquals("no-store", answer.header("Cache-Control"));
    return problem;
  }

  /** Runs whatever is called, and has nothing that it did not announce. */
  static void answerWell(WireExchange exchange) throws IOException {
    if (isInquiry(exchange)) {
      exchange.answer(412, "");
      return;
    }
    exchange.answer(
        200,
        "hello",
        "Content-Type: text/plain; charset=utf-8",
        "Limpet-Data-Bytes: 900",
        "Limpet-Task: " + TASK,
        "Limpet-Bytes-Fetched: 0",
        "Limpet-Blocks-Read: 3",
        "Server-Timing: queue;dur=0.1, run;dur=2",
        "ETag: \"" + TASK + "\"");
  }

  /** Whether the gateway asks for data that nobody announced. */
  static boolean isInquiry(WireExchange exchange) {
    return exchange.head().header("Cache-Control").orElse("").equals("only-if-cached");
  }
}
