package dev.limpet.node;

import static dev.limpet.node.CallAnswers.failed;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireHead;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls of functions of the kind http at a node. */
@Timeout(60)
class HttpCallTest {
  @TempDir private Path dir;
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.holding(dir.resolve("node"));
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private TestCall call(byte[] wasm) {
    return call(node, wasm);
  }

  private static TestCall call(NodeUnderTest at, byte[] wasm) {
    SampleFunction function =
        SampleFunction.of(wasm, ",\"abi\":\"http\",\"headers\":[\"accept-language\"]");
    assertEquals(201, at.add(function.car()).status());
    return TestCall.of(function);
  }

  private NodeUnderTest streaming() {
    return NodeUnderTest.start(dir.resolve("streaming"));
  }

  @Test
  void it_says_status_type_and_headers_but_nothing_that_is_the_platforms() {
    String head =
        String.join(
            "\r\n",
            "Status: 404 N\u00f6",
            "Content-Type: text/x",
            "X-A: b",
            "Set-Cookie: a=1",
            "set-cookie: b=2\nServer: m\u00efne",
            "Limpet-Node: me",
            "Content-Length: 9999",
            "Connection: close",
            "Cache-Control: public",
            "Server-Timing: run;dur=99",
            "Cross-Origin-Resource-Policy: cross-origin",
            "",
            "");
    WireAnswer answer = call(SampleModules.writes(head + "gone")).ask(node);
    assertEquals(404, answer.status());
    assertEquals("gone", answer.text());
    assertEquals("text/x", answer.header("Content-Type"));
    assertEquals("b", answer.header("X-A"));
    assertEquals(List.of("a=1", "b=2"), answer.head().headers("Set-Cookie"));
    assertEquals("4", answer.header("Content-Length"));
    assertEquals("", answer.header("Limpet-Node"));
    assertEquals("", answer.headerOrTrailer("ETag"));
    assertEquals("private, no-cache", answer.header("Cache-Control"));
    assertFalse(answer.header("Server").contains("mine"));
    List<String> timing = answer.head().headers("Server-Timing");
    assertEquals(1, timing.size());
    assertFalse(timing.getFirst().contains("dur=99"), timing.getFirst());
    assertEquals(
        List.of("same-origin", "cross-origin"),
        answer.head().headers("Cross-Origin-Resource-Policy"));
  }

  @Test
  void what_it_does_not_say_is_as_for_a_command_and_can_be_asked_for_again() {
    TestCall call = call(SampleModules.writes("\nwell"));
    WireAnswer answer = call.ask(node);
    assertEquals(200, answer.status());
    assertEquals("well", answer.text());
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
    assertEquals("accept-language", answer.header("Vary"));
    assertEquals(304, call.ifNoneMatch(answer.headerOrTrailer("ETag")).ask(node).status());
    WireAnswer moved = call(SampleModules.writes("Location: /x\n\n")).ask(node);
    assertEquals(302, moved.status());
    assertEquals("/x", moved.header("Location"));
    WireAnswer empty = call(SampleModules.writes("Status: 204\n\n")).ask(node);
    assertEquals(204, empty.status());
    assertEquals("", empty.header("Content-Type"));
    WireAnswer head = call(SampleModules.writes("Status: 410\n\ngone")).head().ask(node);
    assertEquals(410, head.status());
    assertEquals("4", head.header("Content-Length"));
  }

  @Test
  void a_head_and_a_hundred_kb_in_one_write_arrive_whole() {
    byte[] content = SampleDag.bytes(1, 100_000);
    content[0] = '\n'; // an empty head
    WireAnswer answer = call(SampleModules.writesAtOnce(content)).ask(node);
    assertEquals(200, answer.status());
    assertFalse(answer.cut());
    assertArrayEquals(Arrays.copyOfRange(content, 1, content.length), answer.bytes());
  }

  @Test
  void it_sees_of_the_request_what_enters_its_task() {
    TestCall call =
        call(SampleModules.answersEnvironment())
            .path("/a b/c")
            .query("x=1&y=%20")
            .arguments("never")
            .headers(Map.of("accept-language", "de", "x-other", "no"), "text/y")
            .body(new byte[7])
            .method("PATCH");
    List<String> seen = List.of(call.ask(node).text().split("\0", -1));
    for (String variable :
        List.of(
            "GATEWAY_INTERFACE=CGI/1.1",
            "SERVER_PROTOCOL=HTTP/1.1",
            "REQUEST_METHOD=PATCH",
            "SCRIPT_NAME=",
            "PATH_INFO=/a b/c",
            "QUERY_STRING=x=1&y=%20",
            "CONTENT_TYPE=text/y",
            "CONTENT_LENGTH=7",
            "HTTP_ACCEPT_LANGUAGE=de")) {
      assertTrue(seen.contains(variable), seen::toString);
    }
    assertTrue(seen.stream().noneMatch(variable -> variable.startsWith("HTTP_X_OTHER")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no header line\n\nbody",
        "X-A: b\nbody without an empty line",
        "Status: 99\n\n",
        "Status: 200\nStatus: 404\n\n",
        "Status: 204\n\nbody",
        "Bad Name: x\n\n",
        "X-A: \u00e9\n\n",
        "Content-Type: text/\u00e9\n\n",
        ": x\n\n",
        "",
      })
  void what_is_no_answer_fails_before_its_first_byte(String output) {
    failed(call(SampleModules.writes(output)).ask(node), 502, "guest-failed");
  }

  @Test
  void its_header_lines_are_bounded_in_number_and_size() {
    String lines = "X-A: b\n".repeat(64);
    assertEquals(200, call(SampleModules.writes(lines + "\n")).ask(node).status());
    failed(call(SampleModules.writes("X-A: b\n" + lines + "\n")).ask(node), 502, "guest-failed");
    String large = "X-A: " + "x".repeat(16 << 10) + "\n\n";
    failed(call(SampleModules.writes(large)).ask(node), 502, "guest-failed");
  }

  @Test
  void the_answer_begins_while_the_body_still_arrives() throws IOException {
    byte[] echoes = SampleModules.writesThenEchoes("Content-Type: text/event-stream\n\n:\n\n");
    try (NodeUnderTest streaming = streaming();
        WireClient client = WireClient.connect(streaming.url())) {
      TestCall call = call(streaming, echoes);
      String request =
          "POST /v1/invocations HTTP/1.1\r\nHost: localhost\r\nLimpet-Invocation: "
              + call.chunked(new byte[0]).header()
              + "\r\nTransfer-Encoding: chunked\r\n\r\n";
      WireHead head = client.send(request).head();
      assertEquals(200, head.status());
      assertEquals("text/event-stream", head.header("Content-Type").orElse(""));
      InputStream body = client.body(head);
      assertEquals(":\n\n", new String(body.readNBytes(3), StandardCharsets.UTF_8));
      for (String event : List.of("data: 1\n\n", "data: 2\n\n")) {
        client.send(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
        byte[] read = body.readNBytes(event.length());
        assertEquals(event, new String(read, StandardCharsets.UTF_8));
      }
      client.send("0\r\n\r\n");
      assertEquals(-1, body.read());
    }
  }

  @Test
  void the_head_leaves_though_no_byte_of_the_body_follows_and_the_connection_stays() {
    byte[] echoes = SampleModules.writesThenEchoes("Status: 201\nX-A: b\n\n");
    try (NodeUnderTest streaming = streaming();
        WireClient client = WireClient.connect(streaming.url())) {
      TestCall call = call(streaming, echoes);
      for (String sent : List.of("x", "", "y")) {
        client.send(
            "POST /v1/invocations HTTP/1.1\r\nHost: localhost\r\nLimpet-Invocation: "
                + call.chunked(new byte[0]).header()
                + "\r\nTransfer-Encoding: chunked\r\n\r\n");
        WireHead head = client.head();
        assertEquals(201, head.status());
        assertEquals("b", head.header("X-A").orElse(""));
        client.send(sent.isEmpty() ? "" : "1\r\n" + sent + "\r\n").send("0\r\n\r\n");
        WireAnswer answer = client.rest(head);
        assertEquals(sent, answer.text());
        assertFalse(answer.cut());
        assertTrue(answer.trailer("Limpet-Task").isPresent());
      }
    }
  }
}
