package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Uploads over Kubo's RPC that break off, lie about themselves, or are sent in unusual ways. */
class RpcHostileTest {
  /** More than there may be uploads at once. */
  private static final int MORE_THAN_TURNS = 10;

  private static final String NO_PINS = "{\"Keys\":{}}\n";
  private static final String TYPE = "Content-Type: multipart/form-data; boundary=a-boundary\r\n";

  @TempDir Path dir = Path.of("");

  private NodeUnderTest node;
  private RpcClient rpc;

  @BeforeEach
  void start() {
    node = NodeUnderTest.start(dir, "quota=16MiB");
    rpc = new RpcClient(node.url());
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static String head(String command, String lines) {
    return "POST /api/v0/" + command + " HTTP/1.1\r\nHost: localhost\r\n" + TYPE + lines + "\r\n";
  }

  private static String large(int seed, int bytes) {
    return NodeUnderTest.latin1(SampleDag.bytes(seed, bytes));
  }

  @Test
  void callers_who_go_in_the_middle_leave_no_pin_and_take_no_turn_with_them() {
    String body = RpcClient.body(RpcClient.file("f", large(1, 1 << 20)));
    for (int i = 0; i < MORE_THAN_TURNS; i++) {
      try (WireClient client = WireClient.connect(node.url())) {
        client.send(head("add", "Content-Length: " + body.length() + "\r\n"));
        client.send(body.substring(0, body.length() / 2));
        client.reset();
      }
    }
    assertEquals(NO_PINS, rpc.ask("pin/ls").text());
    assertEquals(200, rpc.send("add", RpcClient.file("f", "hello")).status());
  }

  @Test
  void bodies_that_end_before_their_last_boundary_are_refused_and_nothing_is_kept() {
    for (String cut :
        new String[] {"", "--a-boundary", "--a-boundary\r\n\r\n", "--a-boundary\r\n\r\nhello"}) {
      try (WireClient client = WireClient.connect(node.url())) {
        client.send(head("add", "Content-Length: " + cut.length() + "\r\n") + cut);
        WireAnswer answer = client.answer();
        assertTrue(answer.status() >= 400, cut);
        assertTrue(!answer.text().contains("\"Hash\""), answer.text());
      }
    }
    String many = RpcClient.body(RpcClient.file("a", "a"), RpcClient.file("b", "b"));
    String cut = many.substring(0, many.length() - 5);
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head("add?w=true", "Content-Length: " + cut.length() + "\r\n") + cut);
      assertEquals(500, client.answer().status());
    }
    assertEquals(NO_PINS, rpc.ask("pin/ls").text());
  }

  @Test
  void an_upload_that_is_too_large_is_refused_while_it_is_still_sent() {
    String body = RpcClient.body(RpcClient.file("f", large(2, 20 << 20)));
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head("add", "Content-Length: " + body.length() + "\r\n"));
      sendUntilClosed(client, body);
      WireAnswer answer = client.answer();
      assertEquals(507, answer.status(), answer.text());
      assertTrue(answer.text().contains("\"Type\":\"error\""), answer.text());
    }
    assertEquals(NO_PINS, rpc.ask("pin/ls").text());
  }

  /** The node reads no more once it has answered, and may close before all is sent. */
  private static void sendUntilClosed(WireClient client, String body) {
    try {
      client.send(body);
    } catch (UncheckedIOException e) {
      assertInstanceOf(SocketException.class, e.getCause());
    }
  }

  /** What is sent and what is answered are more than the system's buffers hold on both ways. */
  @Test
  @Timeout(60)
  void a_client_that_reads_nothing_before_it_has_sent_everything_is_answered() {
    int files = 5000;
    String name = "n".repeat(3000);
    String content = "x".repeat(4096);
    IntFunction<String> part =
        i -> "--a-boundary\r\n" + RpcClient.file(name + (10_000 + i), content) + "\r\n";
    String end = "--a-boundary--\r\n";
    long length = (long) files * part.apply(0).length() + end.length();
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head("add?only-hash=true", "Content-Length: " + length + "\r\n"));
      IntStream.range(0, files).mapToObj(part).forEach(client::send);
      client.send(end);
      List<String> lines = client.answer().text().lines().toList();
      assertEquals(files, lines.size());
      assertTrue(lines.getLast().contains(name + (10_000 + files - 1)), "in their order");
    }
  }

  @Test
  void chunked_bodies_and_those_that_wait_for_leave_are_taken() {
    String body = RpcClient.body(RpcClient.file("f", "hello"));
    StringBuilder chunked = new StringBuilder();
    for (int at = 0; at < body.length(); at += 7) {
      String chunk = body.substring(at, Math.min(body.length(), at + 7));
      chunked.append(Integer.toHexString(chunk.length())).append("\r\n").append(chunk);
      chunked.append("\r\n");
    }
    try (WireClient client = WireClient.connect(node.url())) {
      client.send(head("add", "Transfer-Encoding: chunked\r\n") + chunked + "0\r\n\r\n");
      assertTrue(client.answer().text().contains("\"Size\":\"13\""));
      client.send(head("add", "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n"));
      assertEquals(100, client.head().status());
      client.send(body);
      assertTrue(client.answer().text().contains("\"Size\":\"13\""));
    }
  }

  @Test
  void what_a_java_client_writes_into_its_parts_is_understood() {
    String part =
        "Content-Disposition: file; filename=\"x.txt\";\r\nContent-Type: application/octet-stream"
            + "\r\nContent-Transfer-Encoding: binary\r\n\r\nhello";
    String name = "{\"Name\":\"x.txt\",";
    assertTrue(rpc.send("add?stream-channels=true&w=false&n=false&", part).text().contains(name));
    String nameless = "Content-Disposition: file; name=\"file\";\r\n\r\nhello";
    assertTrue(rpc.send("block/put/?&format=raw", nameless).text().contains("\"Size\":5"));
  }

  @Test
  void a_name_that_leads_out_of_the_upload_stays_in_it() {
    String told = rpc.send("add?pin=false", RpcClient.file("..%2F..%2Fetc%2Fx", "hello")).text();
    assertTrue(told.startsWith("{\"Name\":\"etc/x\","), told);
  }

  @Test
  void a_file_that_is_here_whole_has_its_length_and_is_cut_when_a_block_turns_out_damaged()
      throws IOException {
    int bytes = 3_000_000;
    String whole = added(3, bytes);
    WireAnswer answer = rpc.ask("cat?arg=" + whole);
    assertEquals("" + bytes, answer.header("Content-Length"));
    assertArrayEquals(SampleDag.bytes(3, bytes), answer.bytes());
    String damaged = added(4, bytes);
    byte[] content = SampleDag.bytes(4, bytes);
    NodeUnderTest.damage(dir, Arrays.copyOfRange(content, 2 << 20, bytes));
    WireAnswer cut = rpc.ask("cat?arg=" + damaged);
    assertEquals(200, cut.status());
    assertTrue(cut.cut());
    assertTrue(cut.bytes().length <= 2 << 20, "bytes of a damaged block were sent");
  }

  private String added(int seed, int bytes) {
    return rpc.send(
            "add?cid-version=1&chunker=size-1048576", RpcClient.file("f", large(seed, bytes)))
        .text()
        .replaceAll("(?s).*\"Hash\":\"([a-z0-9]+)\".*", "$1");
  }
}
