package dev.limpet.gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of a request's body when the answer was given without it. */
@Timeout(60)
class RequestBodyTest {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger timers = new AtomicInteger();

  /** Counts the timers that are set. */
  private Vertx counting() {
    return (Vertx)
        Proxy.newProxyInstance(
            Vertx.class.getClassLoader(),
            new Class<?>[] {Vertx.class},
            (_, method, arguments) -> {
              if (method.getName().equals("setTimer")) {
                timers.incrementAndGet();
              }
              try {
                return method.invoke(vertx, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private URI server() {
    Vertx counting = counting();
    int port =
        vertx
            .createHttpServer(new HttpServerOptions())
            .requestHandler(
                request -> {
                  RequestBody body = new RequestBody(request, 1 << 20);
                  body.drain(counting, request.response().end("at once"));
                })
            .listen(0, "127.0.0.1")
            .await()
            .actualPort();
    return URI.create("http://127.0.0.1:" + port);
  }

  @Test
  void nothing_is_waited_for_of_a_request_without_a_body_and_its_connection_is_used_again()
      throws Exception {
    try (WireClient client = WireClient.connect(server())) {
      for (int i = 0; i < 3; i++) {
        assertEquals("at once", client.send(WireClient.request("GET /", null)).answer().text());
      }
      assertEquals(0, timers.get());
      assertEquals("at once", client.send(WireClient.request("POST /", "body")).answer().text());
      assertEquals(1, timers.get());
      assertEquals("at once", client.send(WireClient.request("GET /", null)).answer().text());
    } finally {
      vertx.close().await();
    }
  }
}
