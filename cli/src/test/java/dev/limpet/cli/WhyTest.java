package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.testkit.wire.WireServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code limpet why FUNCTION} against a gateway whose answers the test writes. */
@Timeout(60)
class WhyTest {
  private static final String CID = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
  private static final String METRICS =
      """
      limpet_gateway_function_calls_total{function="csv",outcome="done"} 3.0
      limpet_gateway_function_calls_total{function="csv",outcome="failed"} 1.0
      limpet_gateway_function_memo_hits_total{function="csv"} 2.0
      limpet_gateway_function_calls_total{function="%s",outcome="done"} 1.0
      limpet_gateway_function_calls_total{function="(others)",outcome="done"} 9.0
      """
          .formatted(CID);

  private static final String KEPT = ",\"keeper\":\"d\"}";

  private static final String CHOSEN = "\"chosen\":\"b\"";

  private final RecordingTerminal terminal = new RecordingTerminal();

  private String why(String... arguments) {
    return decided(CHOSEN, arguments);
  }

  private String decided(String how, String... arguments) {
    WireServer.Script script =
        exchange -> {
          boolean metrics = exchange.head().target().equals("/metrics");
          String why =
              "{\"function\":\""
                  + CID
                  + "\",\"inputs\":[],\"candidates\":[],"
                  + how
                  + (exchange.head().target().endsWith("&arg=a%3Db&arg=c") ? KEPT : "}");
          exchange.answer(
              200,
              metrics ? METRICS : why,
              "Content-Type: " + (metrics ? "text/plain" : "application/json"));
        };
    try (WireServer gateway = WireServer.start(script)) {
      String[] all = new String[arguments.length + 2];
      all[0] = "why";
      all[1] = "--gateway=" + gateway.url();
      System.arraycopy(arguments, 0, all, 2, arguments.length);
      assertEquals(0, terminal.run(all), terminal.err());
      return terminal.out();
    }
  }

  @Test
  void calls_that_the_memo_answered_are_told_as_the_function_is_named() {
    String named = why("csv@1");
    assertTrue(named.startsWith("would run on b\n"), named);
    assertTrue(named.endsWith("memo: answered 2 of 4 calls since the gateway started\n"), named);
    String byCid = why(CID);
    assertTrue(byCid.endsWith("memo: answered 0 of 1 call since the gateway started\n"), byCid);
  }

  @Test
  void of_a_function_that_is_not_counted_apart_nothing_is_said() {
    assertFalse(why("hello").contains("memo"));
  }

  @Test
  void who_keeps_the_answer_of_a_call_is_told_of_that_call_alone() {
    assertFalse(why("csv", "--on=" + CID, "--", "a=b").contains("kept by"));
    String told = why("csv", "--on=" + CID, "--", "a=b", "c");
    assertTrue(told.contains("would run on b\nits answer should be kept by d,"), told);
  }

  @Test
  void scripts_are_told_who_keeps_the_answer() {
    String told = why("csv", "--json", "--on=" + CID, "--", "a=b", "c");
    assertEquals("d", JsonObject.parse(told).text("keeper"));
  }

  @Test
  void a_limit_of_the_gateway_that_is_reached_is_named_with_its_calls() {
    String limits =
        ",\"limits\":[{\"name\":\"max-calls\",\"calls\":3,\"most\":9},"
            + "{\"name\":\"max-function-calls\",\"calls\":2,\"most\":2}]";
    String reached = "\"refused\":\"overloaded\",\"limit\":\"max-function-calls\"" + limits;
    String told = decided(reached, "hello");
    assertEquals(
        """
        the gateway would refuse it now: overloaded, max-function-calls is reached
        calls at the gateway: 3 of 9 (max-calls), 2 of 2 (max-function-calls)
        """,
        told);
  }

  @Test
  void how_long_a_call_would_wait_for_a_place_is_told() {
    String told = decided(CHOSEN + ",\"waitMs\":12.34", "hello");
    assertEquals("would run on b, after a wait of some 12.3 ms\n", told);
  }

  @Test
  void a_call_that_no_node_can_take_is_told_with_its_error() {
    assertEquals("no node can take it: no-node\n", decided("\"refused\":\"no-node\"", "hello"));
  }

  @Test
  void an_execution_is_named_alone() {
    assertEquals(2, terminal.run("why", "x-0123456789abcdef", "--on=" + CID));
    assertTrue(terminal.err().contains("name it alone"), terminal.err());
  }

  @Test
  void scripts_get_plain_numbers() {
    JsonObject memo = JsonObject.parse(why("csv", "--json")).object("memo");
    assertEquals(4, memo.number("calls"));
    assertEquals(2, memo.number("hits"));
  }
}
