package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may use which commands of Kubo's RPC, and what those are told who may not. */
class RpcAccessTest {
  private static final String TOKEN = "the-management-token";
  private static final String OWNER = "Authorization: Bearer " + TOKEN;

  /** Of an empty file, which no store needs to have. */
  private static final String EMPTY = "bafkqaaa";

  private static final List<String> OF_THE_OWNER =
      List.of(
          "add",
          "block/put",
          "block/rm?arg=" + EMPTY,
          "dag/put",
          "dag/import",
          "pin/add?arg=" + EMPTY,
          "pin/ls",
          "pin/rm?arg=" + EMPTY,
          "refs/local",
          "repo/gc",
          "repo/stat",
          "repo/verify",
          "repo/version",
          "config/show",
          "swarm/peers",
          "key/gen?arg=x",
          "key/list",
          "key/rename?arg=x&arg=y",
          "key/rm?arg=x",
          "name/publish?arg=" + EMPTY);

  private static final List<String> OF_READERS =
      List.of(
          "version",
          "id",
          "commands",
          "cat?arg=" + EMPTY,
          "get?arg=" + EMPTY,
          "ls?arg=" + EMPTY,
          "refs?arg=" + EMPTY,
          "block/get?arg=" + EMPTY,
          "block/stat?arg=" + EMPTY,
          "dag/get?output-codec=raw&arg=" + EMPTY,
          "dag/stat?arg=" + EMPTY,
          "dag/resolve?arg=" + EMPTY,
          "dag/export?arg=" + EMPTY,
          "resolve?arg=" + EMPTY);

  @TempDir Path dir = Path.of("");

  private String token() throws IOException {
    Path file = dir.resolve("manage");
    Files.writeString(file, TOKEN);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return "token-file=" + file;
  }

  private static void assertPlain(int status, WireAnswer answer) {
    assertEquals(status, answer.status(), answer.text());
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
  }

  @Test
  void without_the_token_data_that_is_public_can_be_read_and_nothing_else() throws IOException {
    try (NodeUnderTest node = NodeUnderTest.start(dir.resolve("n"), token(), "public-data=true")) {
      RpcClient rpc = new RpcClient(node.url());
      for (String command : OF_READERS) {
        assertEquals(200, rpc.ask(command).status(), command);
      }
      for (String command : OF_THE_OWNER) {
        assertPlain(401, rpc.ask(command));
        assertPlain(401, rpc.ask(command, "Authorization: Bearer wrong"));
      }
      assertPlain(404, rpc.ask("nope"));
      WireAnswer refused = rpc.send("add", RpcClient.file("f", "hello"));
      assertPlain(401, refused);
      assertEquals("Bearer", refused.header("WWW-Authenticate"));
      assertEquals(200, rpc.ask("pin/ls", OWNER).status());
    }
  }

  @Test
  void data_that_is_not_public_is_for_those_with_a_token() throws IOException {
    try (NodeUnderTest node = NodeUnderTest.start(dir.resolve("n"), token())) {
      RpcClient rpc = new RpcClient(node.url());
      for (String command : OF_READERS) {
        assertPlain(401, rpc.ask(command));
        assertEquals(200, rpc.ask(command, OWNER).status(), command);
      }
    }
  }

  @Test
  void pages_of_browsers_may_ask_only_where_they_are_trusted() {
    try (NodeUnderTest node = NodeUnderTest.start(dir, "origins=https://console.example")) {
      RpcClient rpc = new RpcClient(node.url());
      String own = "http://localhost";
      assertPlain(403, rpc.ask("version", "Origin: https://evil.example"));
      assertPlain(403, rpc.ask("version", "Origin: null"));
      assertPlain(403, rpc.ask("version", "Referer: https://evil.example/page"));
      assertPlain(403, rpc.ask("version", "Referer: not a page"));
      assertPlain(403, rpc.ask("version", "User-Agent: Mozilla/5.0"));
      assertPlain(403, rpc.ask("version", "Sec-Fetch-Site: cross-site"));
      assertPlain(421, rpc.ask("version", "Host: evil.example"));
      assertEquals(200, rpc.ask("version", "Origin: " + own).status());
      assertEquals(200, rpc.ask("version", "Referer: " + own + "/x").status());
      assertEquals(
          200,
          rpc.ask("version", "User-Agent: Mozilla/5.0", "Referer: https://console.example/x")
              .status());
      assertEquals(200, rpc.ask("version", "User-Agent: go-ipfs-cmds/http").status());
      WireAnswer trusted = rpc.ask("version", "Origin: https://console.example");
      assertEquals(200, trusted.status());
      assertEquals("https://console.example", trusted.header("Access-Control-Allow-Origin"));
      WireAnswer foreign = rpc.ask("version", "Origin: https://evil.example");
      assertEquals("", foreign.header("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void only_post_is_allowed() {
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      for (String method : List.of("GET", "PUT", "DELETE")) {
        WireAnswer answer = node.ask(method + " /api/v0/version");
        assertPlain(405, answer);
        assertEquals("OPTIONS, POST", answer.header("Allow"));
        assertEquals("405 - Method Not Allowed\n", answer.text());
      }
      assertEquals(204, node.ask("OPTIONS /api/v0/version").status());
    }
  }

  @Test
  void no_error_below_the_path_is_a_problem_document() {
    try (NodeUnderTest node = NodeUnderTest.start(dir)) {
      RpcClient rpc = new RpcClient(node.url());
      for (String command :
          List.of(
              "cat?arg=%zz",
              "cat?arg=x",
              "a//b",
              "../x",
              "cat%2Fx",
              "?",
              "cat?limpet-x=1",
              "version?" + "a=b&".repeat(600),
              "version?a=" + "x".repeat(9000))) {
        WireAnswer answer = rpc.ask(command);
        assertTrue(answer.status() >= 400, command);
        assertTrue(answer.status() != 404 || command.equals("?"), command);
        assertTrue(!answer.header("Content-Type").contains("problem"), command);
      }
    }
  }

  @Test
  void a_quota_that_is_full_is_told_before_anything_is_kept() {
    try (NodeUnderTest node = NodeUnderTest.start(dir, "quota=1MiB")) {
      RpcClient rpc = new RpcClient(node.url());
      String large = "x".repeat(2 << 20);
      WireAnswer refused = rpc.send("add?raw-leaves=true", RpcClient.file("f", random(large)));
      assertEquals(507, refused.status(), refused.text());
      assertTrue(refused.text().contains("\"Type\":\"error\""), refused.text());
      assertEquals("{\"Keys\":{}}\n", rpc.ask("pin/ls").text());
    }
  }

  /** Blocks that differ, so that each takes its room. */
  private static String random(String text) {
    StringBuilder different = new StringBuilder(text);
    for (int at = 0; at < text.length(); at += 1000) {
      different.replace(at, at + 8, String.format("%08d", at));
    }
    return different.toString();
  }
}
