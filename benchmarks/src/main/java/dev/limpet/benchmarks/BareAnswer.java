package dev.limpet.benchmarks;

import dev.limpet.gateway.proxy.RequestBody;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/**
 * Answers every request with one answer of another server, head and body, byte for byte but for the
 * order of the lines: what an answer of the gateway's memo is measured against.
 */
public final class BareAnswer {
  private final MultiMap lines;
  private final Buffer body;

  private BareAnswer(HttpResponse<byte[]> like) {
    MultiMap all = HttpHeaders.headers();
    like.headers().map().forEach((name, values) -> values.forEach(value -> add(all, name, value)));
    lines = all.copy(false); // which the server takes as it is
    body = Buffer.buffer(like.body());
  }

  /**
   * Serves until it is killed.
   *
   * @param arguments the URL whose answer is given
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    HttpResponse<byte[]> like;
    try (HttpClient client = HttpClient.newHttpClient()) {
      like =
          client.send(
              HttpRequest.newBuilder(URI.create(arguments[0])).build(),
              HttpResponse.BodyHandlers.ofByteArray());
    }
    BareAnswer answer = new BareAnswer(like);
    BareServer.listen(BareServer.vertx(), RequestBody.PART_BYTES, () -> answer::give);
  }

  private static void add(MultiMap lines, String name, String value) {
    lines.add(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
  }

  private void give(HttpServerRequest request) {
    request.response().headers().setAll(lines);
    var _ = request.response().end(body);
  }
}
