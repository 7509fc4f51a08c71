package dev.limpet.cli;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.WholeCall;
import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code limpet map} against a gateway, which is also the node, that answers what the test says.
 */
@Timeout(60)
class MapCallsTest {
  private static final String JSON = "Content-Type: application/json";
  private static final String PROBLEM = "Content-Type: application/problem+json";
  private static final Pattern ROOT = Pattern.compile("bafybei[a-z2-7]{52}");

  private final RecordingTerminal terminal = new RecordingTerminal(Map.of());
  private final List<String> targets = new CopyOnWriteArrayList<>();

  /** Entries {@code 0.csv} and so on, of the CIDs {@code c0} and so on. */
  private int map(int entries, WireServer.Script calls, String... more) {
    return map(list(entries), calls, more);
  }

  private int map(String list, WireServer.Script calls, String... more) {
    try (WireServer server = WireServer.start(machine(list, calls))) {
      List<String> arguments =
          new ArrayList<>(List.of("map", "f", "--on", "bafydir", "--reduce", "g"));
      arguments.addAll(List.of("--gateway=" + server.url(), "--node=" + server.url()));
      arguments.addAll(List.of(more));
      return terminal.run(arguments.toArray(String[]::new));
    }
  }

  private WireServer.Script machine(String list, WireServer.Script calls) {
    return exchange -> {
      String target = exchange.head().target();
      targets.add(target);
      if (target.equals("/v1/node")) {
        exchange.answer(200, "{\"name\":\"shed\"}", JSON);
      } else if (target.startsWith("/ipfs/")) {
        exchange.answer(200, list, JSON);
      } else {
        calls.handle(exchange);
      }
    };
  }

  private static String list(int entries) {
    return IntStream.range(0, entries)
        .mapToObj(i -> "{\"name\":\"" + i + ".csv\",\"cid\":\"c" + i + "\",\"dagSize\":1}")
        .collect(Collectors.joining(",", "{\"items\":[", "]}"));
  }

  private static boolean isMap(WireExchange exchange) {
    return exchange.head().target().contains("/-/f");
  }

  private static void fail(WireExchange exchange, int status, String code, String... fields)
      throws IOException {
    String more = String.join("", fields);
    exchange.answer(
        status,
        "{\"type\":\"urn:limpet:error:%s\",\"title\":\"t\",\"status\":%d,\"code\":\"%s\",\"detail\":\"no\"%s}"
            .formatted(code, status, code, more),
        PROBLEM,
        "Limpet-Error: " + code);
  }

  @Test
  void entries_are_called_by_their_own_cids_and_the_answer_and_only_it_is_on_standard_output() {
    int exit =
        map(2, e -> e.answer(200, "1", "Limpet-Memo: hit"), "--reduce-arg", "a b", "--", "x=1");
    assertEquals(0, exit, terminal.err());
    assertEquals("1", terminal.out());
    List<String> calls = targets.stream().filter(t -> t.startsWith("/on/")).sorted().toList();
    assertEquals(3, calls.size(), calls.toString());
    assertTrue(ROOT.matcher(calls.getFirst()).find(), calls.toString());
    assertTrue(calls.getFirst().endsWith("/-/g?arg=a+b"), calls.toString());
    assertEquals(List.of("/on/c0/-/f?arg=x%3D1", "/on/c1/-/f?arg=x%3D1"), calls.subList(1, 3));
    assertTrue(terminal.err().startsWith("2 entries: 0 ran, 2 from the memo, 2 B of answers, "));
    assertTrue(terminal.err().contains("\nreduced in 1 level: 0 ran, 1 from the memo, 1 B of"));
  }

  @Test
  void a_group_that_nobody_has_is_sent_and_its_reduction_called_again() {
    AtomicInteger sent = new AtomicInteger();
    int exit =
        map(
            3,
            exchange -> {
              if (exchange.head().target().equals("/v1/dags")) {
                sent.incrementAndGet();
                if (exchange.head().header("expect").isPresent()) {
                  exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
                }
                String car = new String(exchange.body().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(car.contains("0.csv.x"), "named with its ending");
                exchange.answer(201, "{\"root\":\"bafyother\"}", JSON);
              } else if (isMap(exchange)) {
                exchange.answer(200, "1", "Limpet-Memo: miss");
              } else {
                fail(exchange, 404, "data-not-found");
              }
            },
            "--ending",
            ".x");
    assertEquals(1, sent.get());
    assertEquals(3, exit, terminal.err());
    assertTrue(terminal.err().contains("answered root bafyother"), terminal.err());
  }

  @Test
  void a_gateway_that_has_not_heard_of_a_group_that_was_sent_is_asked_again() {
    AtomicInteger reductions = new AtomicInteger();
    int exit =
        map(
            3,
            exchange -> {
              if (exchange.head().target().equals("/v1/dags")) {
                if (exchange.head().header("expect").isPresent()) {
                  exchange.raw("HTTP/1.1 100 Continue\r\n\r\n");
                }
                byte[] sent = exchange.body().readAllBytes();
                exchange.answer(201, "{\"root\":\"" + lastOf(sent) + "\"}", JSON);
              } else if (isMap(exchange)) {
                exchange.answer(200, "1", "Limpet-Memo: miss");
              } else if (reductions.incrementAndGet() <= 3) {
                fail(exchange, 404, "data-not-found");
              } else {
                exchange.answer(200, "3");
              }
            });
    assertEquals(0, exit, terminal.err());
    assertEquals(4, reductions.get());
    assertEquals("3", terminal.out());
  }

  /** The root comes behind all that it links to. */
  private static String lastOf(byte[] car) throws IOException {
    try (CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded())) {
      String last = "";
      for (Block block = reader.next(); block != null; block = reader.next()) {
        last = block.cid().toString();
      }
      return last;
    }
  }

  @Test
  void what_is_busy_is_asked_again_when_it_says_so() {
    AtomicInteger calls = new AtomicInteger();
    int exit =
        map(
            1,
            exchange -> {
              if (calls.incrementAndGet() <= 3) {
                fail(exchange, 429, "overloaded", ",\"retryAfterMs\":1");
              } else {
                exchange.answer(200, "7");
              }
            });
    assertEquals(0, exit, terminal.err());
    assertEquals(5, calls.get());
    assertEquals("7", terminal.out());
  }

  @Test
  void a_refusal_without_a_time_and_one_that_never_ends_are_told() {
    assertEquals(1, map(1, exchange -> fail(exchange, 429, "overloaded")));
    assertEquals(1, targets.stream().filter(t -> t.startsWith("/on/")).count());
    targets.clear();
    assertEquals(1, map(1, exchange -> fail(exchange, 429, "overloaded", ",\"retryAfterMs\":1")));
    assertEquals(10, targets.stream().filter(t -> t.startsWith("/on/")).count());
    assertTrue(terminal.err().contains("0.csv: no [overloaded]"), terminal.err());
  }

  @Test
  void entries_that_fail_are_named_and_nothing_is_reduced() {
    int exit =
        map(
            5,
            exchange -> {
              if (exchange.head().target().matches("/on/c[13]/.*")) {
                fail(exchange, 502, "guest-failed", ",\"exitCode\":3");
              } else {
                exchange.answer(200, "1");
              }
            });
    assertEquals(1, exit);
    assertEquals("", terminal.out());
    assertTrue(
        terminal.err().startsWith("1.csv: no [guest-failed]\n3.csv: no [guest-failed]\n"),
        terminal.err());
    assertTrue(terminal.err().contains("limpet: 2 of 5 entries failed, and nothing was reduced"));
    assertTrue(terminal.err().contains("[entries-failed]"), terminal.err());
    assertFalse(targets.stream().anyMatch(target -> target.contains("/-/g")), targets.toString());
  }

  @Test
  void with_json_the_report_names_what_failed() {
    int exit = map(2, exchange -> exchange.answer(404, "", "Limpet-Execution: x-1"), "--json");
    assertEquals(1, exit);
    JsonObject report = JsonObject.parse(terminal.err().lines().findFirst().orElseThrow());
    assertEquals("http-status", report.object("failed").object("1.csv").text("code"));
    assertEquals(2, report.number("entries"));
    assertEquals("entries-failed", JsonObject.parse(terminal.out()).text("code"));
  }

  @Test
  void a_name_with_an_end_of_line_in_it_stays_in_the_line_of_its_failure() {
    String list =
        "{\"items\":[{\"name\":\"a\\n2 entries: 2 ran\\u202e.csv\",\"cid\":\"c0\",\"dagSize\":1}]}";
    assertEquals(1, map(list, exchange -> fail(exchange, 502, "guest-trapped")));
    List<String> lines = terminal.err().lines().toList();
    assertEquals("a?2 entries: 2 ran?.csv: no [guest-trapped]", lines.getFirst());
  }

  @Test
  void a_code_with_an_end_of_line_in_it_stays_in_the_line_of_its_failure() {
    int _ = map(1, exchange -> fail(exchange, 502, "odd\\n1 entry: 1 ran"));
    List<String> lines = terminal.err().lines().toList();
    assertEquals("0.csv: no [odd?1 entry: 1 ran]", lines.getFirst());
  }

  @Test
  void what_is_wrong_with_all_entries_stops_at_the_first() {
    int exit = map(500, exchange -> fail(exchange, 404, "name-not-found"), "--parallel", "1");
    assertEquals(5, exit);
    assertTrue(terminal.err().contains("limpet: no [name-not-found]"), terminal.err());
    assertTrue(targets.size() < 250, targets.size() + " requests");
  }

  @Test
  void after_a_hundred_failures_the_rest_is_not_called() {
    int exit = map(500, exchange -> fail(exchange, 502, "guest-trapped"), "--parallel", "1");
    assertEquals(1, exit);
    assertTrue(terminal.err().contains("100 entries failed, and the rest was not called"));
    assertTrue(targets.size() < 250, targets.size() + " requests");
  }

  @Test
  void an_answer_that_is_too_long_is_told_with_what_to_do() {
    String long1 = "x".repeat((1 << 20) + 1);
    assertEquals(1, map(1, exchange -> exchange.answer(200, long1)));
    assertTrue(terminal.err().contains("0.csv: the answer is longer than 1 MiB"), terminal.err());
    assertTrue(terminal.err().contains("[out-of-output]"), terminal.err());
  }

  @Test
  void a_reduction_that_fails_names_its_data() {
    int exit =
        map(
            3,
            exchange -> {
              if (isMap(exchange)) {
                exchange.answer(200, "1");
              } else {
                fail(exchange, 502, "guest-failed");
              }
            });
    assertEquals(1, exit);
    assertTrue(
        terminal
            .err()
            .contains("the reduction of 3 answers from 0.csv on: no (its data is bafybei"),
        terminal.err());
  }

  @Test
  void no_more_calls_than_asked_for_are_made_at_a_time() {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch three = new CountDownLatch(3);
    int exit =
        map(
            30,
            exchange -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              three.countDown();
              await().until(() -> three.getCount() == 0);
              now.decrementAndGet();
              exchange.answer(200, "1");
            },
            "--parallel",
            "3");
    assertEquals(0, exit, terminal.err());
    assertEquals(3, most.get());
  }

  @Test
  void wrong_usage_is_told_before_anything_is_called() {
    assertEquals(2, map(1, exchange -> exchange.answer(200, ""), "--parallel", "0"));
    assertEquals(2, map(1, exchange -> exchange.answer(200, ""), "--parallel", "193"));
    assertEquals(2, map(1, exchange -> exchange.answer(200, ""), "--ending", "/x"));
    assertEquals(List.of(), targets);
    assertEquals(2, map(0, exchange -> exchange.answer(200, "")));
    assertTrue(terminal.err().contains("is an empty directory"), terminal.err());
    assertEquals(2, map(100_001, exchange -> exchange.answer(200, "")));
    assertTrue(terminal.err().contains("has 100001 entries, and at most 100000"), terminal.err());
    assertFalse(targets.stream().anyMatch(target -> target.startsWith("/on/")));
  }

  @Test
  void every_call_says_how_long_it_may_take_and_how_much_may_travel_for_it() {
    List<String> said = new CopyOnWriteArrayList<>();
    int exit =
        map(
            1,
            exchange -> {
              said.add(
                  exchange.head().header("limpet-timeout").orElse("")
                      + " "
                      + exchange.head().header("limpet-max-fetch").orElse(""));
              exchange.answer(200, "1", "Limpet-Memo: hit");
            },
            "--timeout=2s",
            "--max-fetch=1MiB");
    assertEquals(0, exit, terminal.err());
    assertEquals(List.of("2s 1048576", "2s 1048576"), said);
    assertEquals(2, map(1, exchange -> exchange.answer(200, "1"), "--timeout=soon"));
    assertEquals(2, map(1, exchange -> exchange.answer(200, "1"), "--max-fetch=all"));
  }

  @Test
  void who_interrupts_it_is_told_so_and_no_call_follows() throws InterruptedException {
    CountDownLatch three = new CountDownLatch(3);
    CountDownLatch over = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    WireServer.Script waits =
        exchange -> {
          calls.incrementAndGet();
          three.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (WireServer server = WireServer.start(machine(list(100), waits))) {
      Thread mapping = Thread.currentThread();
      Thread interrupts =
          Thread.ofVirtual()
              .start(
                  () -> {
                    await().until(() -> three.getCount() == 0);
                    mapping.interrupt();
                  });
      String url = server.url().toString();
      int exit =
          terminal.run(
              "map",
              "f",
              "--on=bafydir",
              "--reduce=g",
              "--parallel=3",
              "--gateway=" + url,
              "--node=" + url);
      assertTrue(Thread.interrupted());
      interrupts.join();
      over.countDown();
      assertEquals(130, exit, terminal.err());
      assertEquals("", terminal.out());
      assertEquals(3, calls.get());
    }
  }

  @Test
  void an_answer_that_does_not_end_is_given_up() {
    CountDownLatch over = new CountDownLatch(1);
    WireServer.Script drips =
        exchange -> {
          exchange.raw("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n1");
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    try (WireServer server = WireServer.start(drips);
        ServerClient client = new ServerClient(server.url(), "gateway", Credentials.NONE)) {
      WholeCall call = new WholeCall(client, Map.of(), Duration.ofMillis(500));
      CliException late = assertThrows(CliException.class, () -> call.answer("/fn/f"));
      assertEquals("out-of-time", late.code());
      assertTrue(late.detail().contains("was not whole after 500ms"), late.detail());
      over.countDown();
    }
  }
}
