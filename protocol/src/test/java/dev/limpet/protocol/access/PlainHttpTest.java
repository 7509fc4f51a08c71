package dev.limpet.protocol.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlainHttpTest {
  private HttpServer server;
  private String authority;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    server.start();
    authority = "127.0.0.1:" + server.getAddress().getPort();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void a_client_of_an_http_server_reaches_it() throws Exception {
    URI url = URI.create("http://" + authority);
    try (HttpClient client = PlainHttp.clientOf(url).build()) {
      assertEquals(204, get(client, url));
    }
  }

  @Test
  void a_client_of_an_http_server_makes_no_tls_connection() {
    try (HttpClient client = PlainHttp.clientOf(URI.create("http://" + authority)).build()) {
      IOException refused =
          assertThrows(
              IOException.class, () -> get(client, URI.create("https://" + authority + "/")));
      assertTrue(String.valueOf(refused.getMessage()).contains("no TLS"), refused::toString);
    }
  }

  @Test
  void a_client_of_an_https_server_has_the_tls_of_the_machine() {
    try (HttpClient client = PlainHttp.clientOf(URI.create("https://" + authority)).build()) {
      assertEquals("Default", client.sslContext().getProtocol());
    }
  }

  private static int get(HttpClient client, URI url) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(url).build(), BodyHandlers.discarding()).statusCode();
  }
}
