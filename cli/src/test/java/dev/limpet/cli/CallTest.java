package dev.limpet.cli;

import static dev.limpet.cli.MainTest.NOBODY;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.testkit.wire.WireServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet call} against a gateway that answers exactly what the test says. */
@Timeout(60)
class CallTest {
  private static final String PROBLEM =
      "{\"type\":\"urn:limpet:error:%s\",\"title\":\"t\",\"status\":%d,\"code\":\"%s\","
          + "\"detail\":\"%s\",\"log\":\"%s\"}";

  /** 64 MiB, far more than sockets between two threads of a process hold. */
  private static final int MANY_PIECES = 1024;

  private final RecordingTerminal terminal =
      new RecordingTerminal(Map.of("LIMPET_TOKEN", "secret"));
  private final List<String> targets = new CopyOnWriteArrayList<>();

  private int call(WireServer.Script script, String... arguments) {
    WireServer.Script recording =
        exchange -> {
          targets.add(exchange.head().method() + " " + exchange.head().target());
          script.handle(exchange);
        };
    try (WireServer gateway = WireServer.start(recording)) {
      List<String> all = new ArrayList<>(List.of("call"));
      all.addAll(List.of(arguments));
      all.add(1, "--gateway=" + gateway.url());
      return terminal.run(all.toArray(String[]::new));
    }
  }

  @Test
  void the_answer_and_only_it_is_on_standard_output() {
    int exit = call(exchange -> exchange.answer(200, "42\n"), "f", "--", "a b", "x=1+2");
    assertEquals(0, exit, terminal.err());
    assertEquals("42\n", terminal.out());
    assertEquals("", terminal.err());
    assertEquals(List.of("GET /fn/f?arg=a+b&arg=x%3D1%2B2"), targets);
  }

  @Test
  void data_stands_before_the_dash_and_a_version_stays_readable() {
    call(exchange -> exchange.answer(200, ""), "f@2", "--on", "bafy/a b.csv");
    assertEquals(List.of("GET /on/bafy/a%20b.csv/-/f@2"), targets);
  }

  @Test
  void the_request_of_an_http_function_is_as_typed() {
    WireServer.Script accept =
        exchange -> exchange.answer(200, exchange.head().header("accept").orElse("none"));
    call(accept, "f", "--path", "/a b/c", "--query", "w=1&t=%20", "--method", "PUT");
    call(accept, "f", "--on", "bafy", "--query", "w=1", "--header", "Accept: text/csv", "--", "x");
    assertEquals(List.of("PUT /fn/f/a%20b/c?w=1&t=%20", "GET /on/bafy/-/f?arg=x&w=1"), targets);
    assertEquals("nonetext/csv", terminal.out());
    assertEquals(2, call(accept, "f", "--query", "a b"));
    assertEquals(2, call(accept, "f", "--header", "Authorization: Bearer other"));
    assertEquals(2, call(accept, "f", "--path", "a"));
    assertEquals(2, targets.size());
  }

  @Test
  void what_an_http_function_says_of_its_failure_is_its_answer() {
    int exit = call(exchange -> exchange.answer(415, "no picture\n", "Limpet-Execution: x-1"), "f");
    assertEquals(1, exit);
    assertEquals("no picture\n", terminal.out());
    assertEquals("limpet: the function answered 415 [http-status]\n", terminal.err());
  }

  @Test
  void the_token_travels_in_the_header() {
    call(exchange -> exchange.answer(200, exchange.head().header("authorization").orElse("")), "f");
    assertEquals("Bearer secret", terminal.out());
  }

  @Test
  void a_function_that_failed_shows_the_end_of_its_log_escaped_and_is_exit_code_1() {
    String problem =
        PROBLEM.formatted("guest-failed", 502, "guest-failed", "exit code 3", "no \\u001b[2Jfile");
    int exit =
        call(
            exchange -> exchange.answer(502, problem, "Content-Type: application/problem+json"),
            "f");
    assertEquals(1, exit);
    assertEquals("", terminal.out());
    assertEquals("no \\u001b[2Jfile\nlimpet: exit code 3 [guest-failed]\n", terminal.err());
  }

  @Test
  void a_server_that_says_more_than_a_code_gets_one_line_that_obeys_nothing() {
    String code = "odd\\nlimpet: all is well\\u001b[2J\\u200f" + "x".repeat(10_000);
    String problem = PROBLEM.formatted(code, 502, code, "no\\rsuch\\nthing", "");
    int exit =
        call(
            exchange -> exchange.answer(502, problem, "Content-Type: application/problem+json"),
            "f");
    assertTrue(exit != 0);
    String line = terminal.err();
    assertTrue(line.startsWith("limpet: no?such thing [odd?limpet: all is well?[2J?xx"), line);
    assertEquals(line.length() - 1, line.indexOf('\n'));
    assertTrue(line.length() < 5_000, "it is cut");
  }

  @Test
  void a_log_that_was_cut_for_the_answer_is_said_to_be_kept_whole() {
    String problem =
        PROBLEM
            .formatted("guest-failed", 502, "guest-failed", "exit code 3", "x".repeat(4096))
            .replace("}", ",\"execution\":\"x-1\",\"exitCode\":3}");
    int exit =
        call(
            exchange -> exchange.answer(502, problem, "Content-Type: application/problem+json"),
            "f",
            "--json");
    assertEquals(1, exit);
    assertTrue(terminal.err().contains("'limpet logs x-1' shows all"), terminal.err());
    JsonObject error = JsonObject.parse(terminal.out());
    assertEquals("x-1", error.text("execution"));
    assertEquals(3, error.number("exitCode"));
  }

  @Test
  void with_json_the_problem_is_an_object_on_standard_output_too() {
    String problem = PROBLEM.formatted("holders-offline", 503, "holders-offline", "away", "");
    int exit =
        call(
            exchange -> exchange.answer(503, problem, "Content-Type: application/problem+json"),
            "f",
            "--json");
    assertEquals(3, exit);
    JsonObject error = JsonObject.parse(terminal.out());
    assertEquals("holders-offline", error.text("code"));
    assertEquals(503, error.number("status"));
    assertEquals("away", error.text("detail"));
    assertFalse(error.text("title").isEmpty());
    assertEquals("limpet: away [holders-offline]\n", terminal.err());
  }

  @Test
  void a_cut_answer_is_exit_code_1_and_says_how_many_bytes_came() {
    int exit =
        call(
            exchange -> {
              exchange.begin(200, "Limpet-Execution: x-0123456789abcdef");
              exchange.raw("5\r\nhello\r\n");
              exchange.close();
            },
            "f");
    assertEquals(1, exit, terminal.err());
    assertEquals("hello", terminal.out());
    assertTrue(terminal.err().contains("after 5 bytes"), terminal.err());
    assertTrue(terminal.err().contains("limpet why x-0123456789abcdef"), terminal.err());
    assertTrue(terminal.err().endsWith("[answer-cut]\n"), terminal.err());
  }

  @Test
  void a_body_is_posted_and_without_one_nothing_is_read() {
    var input = new RecordingTerminal(Map.of(), "over".getBytes(StandardCharsets.UTF_8));
    try (WireServer gateway =
        WireServer.start(
            exchange -> exchange.answer(200, exchange.head().method() + exchange.bodyText()))) {
      String url = gateway.url().toString();
      assertEquals(0, input.run("call", "f", "--gateway", url), input.err());
      assertEquals(0, input.run("call", "f", "--body", "-", "--gateway", url), input.err());
    }
    assertEquals("GETPOSTover", input.out());
  }

  @Test
  void an_amount_that_is_none_is_wrong_usage() {
    assertEquals(2, call(exchange -> exchange.answer(200, ""), "f", "--max-fetch", "lots"));
    assertEquals(List.of(), targets);
  }

  @Test
  void the_answer_comes_while_the_body_is_still_being_read() throws Exception {
    PipedOutputStream typed = new PipedOutputStream();
    try (PipedInputStream in = new PipedInputStream(typed);
        WireServer gateway =
            WireServer.start(
                exchange -> {
                  exchange.begin(200);
                  for (int next = exchange.body().read();
                      next >= 0;
                      next = exchange.body().read()) {
                    exchange.chunk(new byte[] {(byte) next});
                  }
                  exchange.end();
                })) {
      RecordingTerminal typing = new RecordingTerminal(Map.of(), in);
      String url = gateway.url().toString();
      CompletableFuture<Integer> call =
          CompletableFuture.supplyAsync(
              () -> typing.run("call", "f", "--body", "-", "--gateway", url),
              Thread::startVirtualThread);
      for (String word : List.of("to", "and", "fro")) {
        typed.write(word.getBytes(StandardCharsets.UTF_8));
        typed.flush();
        await().until(() -> typing.out().endsWith(word));
      }
      typed.close();
      assertEquals(0, call.join(), typing.err());
      assertEquals("toandfro", typing.out());
    }
  }

  @Test
  void an_answer_that_needs_no_more_of_the_body_ends_the_call() throws IOException {
    try (PipedOutputStream typed = new PipedOutputStream();
        PipedInputStream in = new PipedInputStream(typed);
        WireServer gateway = WireServer.start(exchange -> exchange.answer(200, "enough"))) {
      RecordingTerminal typing = new RecordingTerminal(Map.of(), in);
      String url = gateway.url().toString();
      assertEquals(0, typing.run("call", "f", "--body", "-", "--gateway", url), typing.err());
      assertEquals("enough", typing.out());
    }
  }

  @Test
  void a_file_is_sent_with_its_length_and_a_missing_one_is_wrong_usage(@TempDir Path folder)
      throws IOException {
    Path file = Files.write(folder.resolve("body"), new byte[300_000]);
    WireServer.Script lengths =
        exchange ->
            exchange.answer(
                200,
                exchange.head().header("content-length").orElse("none")
                    + "="
                    + exchange.body().readAllBytes().length);
    assertEquals(0, call(lengths, "f", "--body", file.toString()), terminal.err());
    assertEquals("300000=300000", terminal.out());
    assertEquals(2, call(lengths, "f", "--body", folder.resolve("none").toString()));
  }

  @Test
  void what_the_call_did_is_shown_from_head_and_trailers() {
    int exit =
        call(
            exchange -> {
              exchange.begin(200, "Limpet-Node: n1", "X-Other: no", "Trailer: Limpet-Task");
              exchange.chunk("42");
              exchange.end("Limpet-Task: bafy", "X-More: no");
            },
            "f",
            "-i");
    assertEquals(0, exit);
    assertEquals("42", terminal.out());
    assertEquals("limpet-node: n1\nlimpet-task: bafy\n", terminal.err());
  }

  @Test
  void an_interrupt_ends_the_call_and_its_connection() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    AtomicInteger exit = new AtomicInteger(-1);
    try (WireServer gateway =
        WireServer.start(
            exchange -> {
              exchange.begin(200);
              exchange.chunk("on and ");
              begun.countDown();
              exchange.awaitPeerGone();
              gone.countDown();
            })) {
      String url = gateway.url().toString();
      Thread call =
          Thread.ofPlatform().start(() -> exit.set(terminal.run("call", "f", "--gateway", url)));
      assertTrue(begun.await(20, TimeUnit.SECONDS));
      await().until(() -> terminal.out().equals("on and "));
      call.interrupt();
      assertTrue(gone.await(20, TimeUnit.SECONDS));
      call.join();
    }
    assertEquals(130, exit.get(), terminal.err());
  }

  @Test
  void a_closed_pipe_is_silent_and_ends_the_call() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    try (WireServer gateway =
        WireServer.start(
            exchange -> {
              exchange.begin(200);
              exchange.chunk("nobody reads this");
              exchange.awaitPeerGone();
              gone.countDown();
            })) {
      Terminal piped = new Terminal(closed, errors, InputStream.nullInputStream(), Map.of());
      String url = gateway.url().toString();
      assertEquals(0, Main.run(piped, "call", "f", "--gateway", url));
      assertTrue(gone.await(20, TimeUnit.SECONDS));
    }
    assertEquals("", errors.toString(StandardCharsets.UTF_8));
  }

  @Test
  void a_gateway_that_is_not_there_is_exit_code_3() {
    assertEquals(3, terminal.run("call", "f", "--gateway", NOBODY));
    assertTrue(terminal.err().contains("limpet up"), terminal.err());
    assertEquals(3, terminal.run("call", "f", "--gateway", "http://no-such-host.invalid"));
  }

  @Test
  void a_reader_who_is_slow_holds_up_the_sender() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch read = new CountDownLatch(1);
    byte[] piece = new byte[64 << 10];
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int value) {}

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
              read.await();
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
          }
        };
    try (WireServer gateway =
        WireServer.start(
            exchange -> {
              exchange.begin(200);
              for (int i = 0; i < MANY_PIECES; i++) {
                exchange.chunk(piece);
                sent.incrementAndGet();
              }
              exchange.end();
            })) {
      Terminal waiting =
          new Terminal(
              slow, OutputStream.nullOutputStream(), InputStream.nullInputStream(), Map.of());
      String url = gateway.url().toString();
      CompletableFuture<Integer> call =
          CompletableFuture.supplyAsync(
              () -> Main.run(waiting, "call", "f", "--gateway", url), Thread::startVirtualThread);
      await().atMost(Duration.ofSeconds(20)).until(() -> stands(sent));
      assertTrue(sent.get() < MANY_PIECES / 2, "could send " + sent);
      read.countDown();
      assertEquals(0, call.join());
      assertEquals(MANY_PIECES, sent.get());
    }
  }

  private static boolean stands(AtomicLong counter) {
    long before = counter.get();
    await().during(Duration.ofMillis(300)).until(() -> true);
    return before > 0 && counter.get() == before;
  }
}
