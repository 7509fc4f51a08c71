package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.store.ContentPaths;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderNames;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often an answer with one block looks for it: each look may be a read of the disk. */
@Timeout(60)
class DocumentAnswerTest {
  private static final Block BLOCK =
      Block.of(Multicodec.RAW, "a block".getBytes(StandardCharsets.UTF_8));
  private static final Cid ABSENT =
      Block.of(Multicodec.RAW, "another".getBytes(StandardCharsets.UTF_8)).cid();

  private final Looks looks = new Looks();
  private final NodeServer server =
      NodeServer.start(
          PlainSettings.of(Duration.ofSeconds(30), Duration.ofSeconds(30)),
          (request, response) -> answer(new Exchange(request, response)));

  @AfterEach
  void stop() {
    server.close();
  }

  private void answer(Exchange exchange) {
    if (!(exchange.target() instanceof RequestTarget.Content target)) {
      throw new AssertionError("only blocks are asked for");
    }
    Wish wish = Wish.of(target.query(), exchange.joined(HeaderNames.ACCEPT));
    ContentPaths.Followed followed = new ContentPaths(looks).follow(target.data());
    try {
      new DocumentAnswer(looks).raw(new Asked(exchange, target, wish, followed, false));
    } catch (RuntimeException e) {
      exchange.problem(Failures.problem(e));
    }
  }

  private HttpResponse<String> send(String method, Cid cid, String... headers) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + "/ipfs/" + cid + "?format=raw");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), BodyHandlers.ofString());
    }
  }

  @Test
  void a_block_that_is_sent_is_looked_for_once() throws Exception {
    HttpResponse<String> answer = send("GET", BLOCK.cid());
    assertEquals(200, answer.statusCode());
    assertEquals("a block", answer.body());
    assertEquals(List.of("get"), looks.all());
  }

  @Test
  void a_part_of_a_block_is_looked_for_once() throws Exception {
    HttpResponse<String> answer = send("GET", BLOCK.cid(), "Range", "bytes=2-6");
    assertEquals(206, answer.statusCode());
    assertEquals("block", answer.body());
    assertEquals(List.of("get"), looks.all());
  }

  @Test
  void a_block_that_is_not_here_is_looked_for_once() throws Exception {
    assertEquals(404, send("GET", ABSENT).statusCode());
    assertEquals(List.of("get"), looks.all());
  }

  @Test
  void of_a_block_that_is_not_sent_only_the_size_is_asked_for() throws Exception {
    HttpResponse<String> head = send("HEAD", BLOCK.cid());
    assertEquals("7", head.headers().firstValue("Content-Length").orElse(""));
    String etag = head.headers().firstValue("Etag").orElse("");
    assertEquals(304, send("GET", BLOCK.cid(), "If-None-Match", etag).statusCode());
    assertEquals(404, send("HEAD", ABSENT).statusCode());
    assertEquals(404, send("GET", ABSENT, "If-None-Match", "*").statusCode());
    assertEquals(List.of("size", "size", "size", "size"), looks.all());
  }

  /** A source with one block. */
  private static final class Looks implements BlockSource {
    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    List<String> all() {
      return List.copyOf(seen);
    }

    @Override
    public byte @Nullable [] get(Cid cid) {
      seen.add("get");
      return cid.equals(BLOCK.cid()) ? BLOCK.bytes() : null;
    }

    @Override
    public long sizeOf(Cid cid) {
      seen.add("size");
      return cid.equals(BLOCK.cid()) ? BLOCK.bytes().length : -1;
    }
  }
}
