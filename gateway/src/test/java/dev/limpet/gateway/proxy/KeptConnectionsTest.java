package dev.limpet.gateway.proxy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Two event loops, each with a client of its own, before one node. */
@Timeout(60)
class KeptConnectionsTest {
  private static final int MOST = 3;

  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentLinkedQueue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
  private final KeptConnections kept = new KeptConnections(MOST);
  private final List<Context> loops =
      List.of(vertx.getOrCreateContext(), vertx.getOrCreateContext());
  private final List<HttpClient> clients = new ArrayList<>();
  private final int port;

  KeptConnectionsTest() {
    for (Context _ : loops) {
      clients.add(vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(100)));
    }
    port =
        vertx
            .createHttpServer()
            .connectionHandler(
                connection -> {
                  open.incrementAndGet();
                  connection.closeHandler(_ -> open.decrementAndGet());
                })
            .requestHandler(held::add)
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  private Future<Integer> ask(int loop) {
    return ask(loop, head -> head.end().map(_ -> head.statusCode()));
  }

  /** An answer of which the caller reads no more than the head until it resumes. */
  private Future<HttpClientResponse> askAndPause() {
    return ask(0, head -> Future.succeededFuture(head.pause()));
  }

  private <T> Future<T> ask(int loop, Function<HttpClientResponse, Future<T>> reads) {
    return Future.future(
        asked ->
            loops
                .get(loop)
                .runOnContext(
                    _ ->
                        clients
                            .get(loop)
                            .request(HttpMethod.GET, port, "127.0.0.1", "/")
                            .compose(
                                request -> {
                                  kept.uses(request);
                                  return request.send();
                                })
                            .compose(reads)
                            .onComplete(asked)));
  }

  private List<Future<Integer>> askAtOnce(int ofEach) {
    List<Future<Integer>> asked = new ArrayList<>();
    for (int i = 0; i < ofEach; i++) {
      asked.add(ask(0));
      asked.add(ask(1));
    }
    await().until(() -> held.size() == 2 * ofEach);
    return asked;
  }

  private void answer(List<Future<Integer>> asked) {
    held.forEach(request -> request.response().end("here"));
    held.clear();
    asked.forEach(one -> assertEquals(200, one.await()));
  }

  @Test
  void what_both_loops_keep_is_no_more_than_the_node_was_promised() {
    List<Future<Integer>> asked = askAtOnce(5);
    assertEquals(10, open.get());
    assertEquals(0, kept.count());
    answer(asked);
    await().until(() -> open.get() == MOST);
    await().until(() -> kept.count() == MOST);
  }

  @Test
  void one_that_is_kept_is_used_again_and_counts_no_more_meanwhile() {
    answer(askAtOnce(1));
    await().until(() -> kept.count() == 2);
    List<Future<Integer>> again = askAtOnce(1);
    assertEquals(2, open.get());
    assertEquals(0, kept.count());
    answer(again);
    await().until(() -> kept.count() == 2);
  }

  @Test
  void one_that_the_node_closes_is_forgotten() {
    List<Future<Integer>> asked = askAtOnce(1);
    HttpServerRequest one = held.peek();
    answer(asked);
    await().until(() -> kept.count() == 2);
    one.connection().close();
    await().until(() -> kept.count() == 1);
  }

  /** Answers the one request that waits; the caller has the head. */
  private HttpClientResponse answerUnread(Future<HttpClientResponse> asked) {
    await().until(() -> held.size() == 1);
    held.remove().response().end("here");
    return asked.await();
  }

  @Test
  void one_whose_answer_is_read_late_counts_for_its_next_request_alone() {
    HttpClientResponse late = answerUnread(askAndPause());
    List<Future<Integer>> next = List.of(ask(0));
    await().until(() -> held.size() == 1);
    assertEquals(1, open.get());
    Future<Void> end = late.end();
    late.resume();
    end.await();
    assertEquals(0, kept.count());
    answer(next);
    await().until(() -> kept.count() == 1);
    List<Future<Integer>> again = List.of(ask(0));
    await().until(() -> held.size() == 1);
    assertEquals(0, kept.count());
    answer(again);
  }

  @Test
  void one_that_was_closed_before_its_answer_was_read_is_not_kept() {
    HttpClientResponse late = answerUnread(askAndPause());
    late.request().connection().close().await();
    await().until(() -> open.get() == 0);
    Future<Void> end = late.end();
    late.resume();
    end.await();
    await().until(() -> kept.count() == 0);
  }
}
