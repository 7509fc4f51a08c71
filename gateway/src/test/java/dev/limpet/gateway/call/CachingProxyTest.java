package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.invocation;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Invocation;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway behind nginx with its cache on and nothing else configured, and callers who try to make
 * others get a wrong answer from that cache. Each answer says what its function saw, so that one
 * that went to the wrong caller is told.
 */
@Tag("nightly")
@Timeout(120)
class CachingProxyTest {
  private static final String TOKEN = "Authorization: Bearer " + CallsUnderTest.CALLS_TOKEN;

  @TempDir private Path folder;
  private final AtomicInteger runs = new AtomicInteger();
  private WireServer node;
  private @Nullable CallsUnderTest gateway;
  private @Nullable Process nginx;
  private URI url = URI.create("http://127.0.0.1:0");

  @BeforeEach
  void start() {
    assumeTrue(program() != null, "nginx is not installed: apt-get install nginx");
    node = CallsUnderTest.node(this::answer);
  }

  private static @Nullable Path program() {
    return Stream.concat(Stream.of("/usr/sbin"), Stream.of(System.getenv("PATH").split(":", -1)))
        .map(folder -> Path.of(folder, "nginx"))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  /** A function that says what it sees. */
  private void answer(WireExchange exchange) throws IOException {
    if (Asking.isInquiry(exchange)) {
      exchange.answer(412, "");
      return;
    }
    runs.incrementAndGet();
    Invocation call = invocation(exchange);
    String saw =
        call.method() + call.arguments() + call.inputs().size() + call.headers() + call.path();
    Cid task =
        Cid.of(Multicodec.DAG_CBOR, (call.function() + saw).getBytes(StandardCharsets.UTF_8));
    String cookie = call.arguments().contains("cookie") ? "Set-Cookie: a=b" : "X-Cookie: none";
    exchange.answer(
        200,
        saw,
        "Content-Type: text/plain",
        "Limpet-Memo: miss",
        "Limpet-Task: " + task,
        "Vary: accept-language",
        cookie,
        cookie.startsWith("Set") ? "X-Tag: none" : "ETag: \"" + task + "\"");
  }

  @AfterEach
  void stop() throws InterruptedException {
    Process running = nginx;
    if (running != null) {
      running.destroy();
      running.waitFor();
    }
    if (gateway != null) {
      gateway.close();
    }
    if (node != null) {
      node.close();
    }
  }

  private CallsUnderTest behindNginx(Setup setup) throws IOException {
    CallsUnderTest opened = new CallsUnderTest(folder, setup);
    gateway = opened;
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Path dir = Files.createDirectories(folder.resolve("nginx"));
    Path config = dir.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        pid DIR/pid;
        error_log DIR/error.log;
        events {}
        http {
          access_log off;
          client_body_temp_path DIR/body;
          proxy_temp_path DIR/proxy;
          fastcgi_temp_path DIR/fastcgi;
          uwsgi_temp_path DIR/uwsgi;
          scgi_temp_path DIR/scgi;
          proxy_cache_path DIR/cache keys_zone=answers:1m;
          server {
            listen 127.0.0.1:PORT;
            location / {
              proxy_pass GATEWAY;
              proxy_cache answers;
              add_header X-Cache $upstream_cache_status always;
            }
          }
        }
        """
            .replace("DIR", dir.toString())
            .replace("PORT", Integer.toString(port))
            .replace("GATEWAY", opened.url().toString()));
    nginx =
        new ProcessBuilder(
                String.valueOf(program()), "-e", dir + "/error.log", "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(dir.resolve("out").toFile())
            .start();
    url = URI.create("http://127.0.0.1:" + port);
    await("nginx, see " + dir).until(() -> listens(port));
    return opened;
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private WireAnswer get(String target, String... lines) {
    return WireClient.ask(url, WireClient.request("GET " + target, null, lines));
  }

  private static String cache(WireAnswer answer) {
    return answer.header("X-Cache");
  }

  @Test
  void what_is_named_by_cids_is_answered_by_the_cache_and_its_ranges_too() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN);
    Cid data = behind.data();
    behind.join("a", node).holds(data);
    String target = "/on/" + data + "/-/" + behind.deploy("hello").function() + "?arg=a";
    WireAnswer first = get(target);
    WireAnswer second = get(target);
    assertEquals("public, max-age=86400", first.header("Cache-Control"));
    assertEquals("HIT", cache(second));
    assertEquals(first.text(), second.text());
    assertEquals(first.header("ETag"), second.header("ETag"));
    WireAnswer known = get(target, "If-None-Match: " + first.header("ETag"));
    assertEquals(304, known.status());
    WireAnswer part = get(target, "Range: bytes=1-3", "If-Range: " + first.header("ETag"));
    assertEquals(206, part.status());
    assertEquals(first.text().substring(1, 4), part.text());
    assertEquals(1, runs.get());
    assertEquals(0, behind.memo.hits());
  }

  @Test
  void a_name_is_asked_for_again_so_that_its_new_version_is_seen_at_once() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN);
    behind.join("a", node).holds();
    behind.deploy("hello");
    String before = get("/fn/hello").header("Limpet-Function");
    String after = behind.deploy("hello", "\"env\":{\"A\":\"b\"}").function().toString();
    assertNotEquals(before, after);
    assertEquals(after, get("/fn/hello").header("Limpet-Function"));
  }

  @Test
  void problems_are_never_kept() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN);
    behind.join("a", node).holds();
    assertEquals(404, get("/fn/hello").status());
    String function = behind.deploy("hello").function().toString();
    assertEquals(200, get("/fn/hello").status());
    String target = "/fn/" + function + "?arg=a";
    try (WireClient client = WireClient.connect(url)) {
      client.send(
          "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nevil");
      assertEquals("body-not-allowed", client.answer().header("Limpet-Error"));
    }
    assertEquals(400, get("/fn/" + function + "?other=a").status());
    assertEquals(400, get(target, "Limpet-Timeout: soon").status());
    WireAnswer clean = get(target);
    assertEquals(200, clean.status());
    assertEquals("GET[a]0{}", clean.text());
    assertEquals("HIT", cache(get(target)));
  }

  @Test
  void data_and_headers_that_are_no_part_of_the_url_reach_only_who_sent_them() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN);
    Cid data = behind.data();
    behind.join("a", node).holds(data);
    String function =
        behind.deploy("hello", "\"headers\":[\"accept-language\"]").function().toString();
    String target = "/fn/" + function;
    assertEquals("GET[]1{}", get(target, "Limpet-Data: " + data).text());
    assertEquals("GET[]0{}", get(target).text());
    assertEquals("GET[]1{}", get(target, "Limpet-Data: " + data).text());
    for (int round = 0; round < 2; round++) {
      for (String language : List.of("de", "en")) {
        String said = get(target, "Accept-Language: " + language).text();
        assertEquals("GET[]0{accept-language=" + language + "}", said);
      }
      assertEquals("GET[]0{}", get(target, "Cookie: session=evil").text());
      assertEquals("GET[]0{}", get(target, "X-Forwarded-Host: evil", "X-Original-URL: /x").text());
    }
  }

  @Test
  void an_answer_with_a_cookie_is_nobody_elses() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN);
    behind.join("a", node).holds();
    String target = "/fn/" + behind.deploy("hello").function() + "?arg=cookie";
    for (int round = 1; round <= 2; round++) {
      WireAnswer answer = get(target);
      assertEquals("a=b", answer.header("Set-Cookie"));
      assertEquals("no-store", answer.header("Cache-Control"));
      assertNotEquals("HIT", cache(answer));
      assertEquals(round, runs.get());
    }
  }

  @Test
  void what_a_token_opened_stays_closed_to_others() throws Exception {
    CallsUnderTest behind = behindNginx(Setup.OPEN.withPublic());
    Cid data = behind.data();
    behind.join("a", node).holds(data);
    String function = behind.deploy("hello").function().toString();
    String byCid = "/on/" + data + "/-/" + function;
    assertEquals(401, get(byCid).status());
    assertEquals(200, get(byCid, TOKEN).status());
    assertEquals(401, get(byCid).status());
    WireAnswer again = get(byCid, TOKEN);
    assertEquals("private, max-age=86400", again.header("Cache-Control"));
    assertNotEquals("HIT", cache(again));
    assertEquals("hit", again.header("Limpet-Memo"), "the gateway itself knows it");
    WireAnswer open = get("/on/" + data + "/-/hello");
    assertEquals("public, no-cache", open.header("Cache-Control"));
    assertTrue(open.text().startsWith("GET"), open::text);
  }
}
