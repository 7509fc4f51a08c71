package dev.limpet.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.protocol.ExecutionId;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages of others may see of a gateway whose owner needs no token, and whom the log names. */
class ForeignPagesTest {
  private static final String OWNER = "owner";
  private static final String PUBLIC = "public";
  private static final String CALLER = "Origin: https://shop.example";

  @TempDir private Path dir;

  private final List<String> expected = new ArrayList<>();

  private void shows(
      GatewayUnderTest gateway, int status, String who, String startLine, String... lines) {
    WireAnswer answer = WireClient.ask(gateway.url(), WireClient.request(startLine, null, lines));
    String asked = startLine + " " + List.of(lines);
    assertEquals(status, answer.status(), asked);
    if (status == 403) {
      assertEquals("foreign-origin", answer.header("Limpet-Error"), asked);
    }
    expected.add(who + " " + status + " " + startLine);
  }

  /** The log says of each request who made it, in whatever order their answers ended. */
  private void assertLogged(Path log) throws Exception {
    String line =
        ".*\"who\":\"([^\"]*)\".*\"method\":\"([A-Z]+)\",\"path\":\"([^\"]*)\",\"status\":([0-9]+).*";
    List<String> logged =
        Files.readAllLines(log).stream()
            .map(each -> each.replaceFirst(line, "$1 $4 $2 $3"))
            .toList();
    assertEquals(expected.stream().sorted().toList(), logged.stream().sorted().toList());
  }

  @Test
  void no_page_of_others_sees_what_the_owner_sees_without_a_token() throws Exception {
    Path log = dir.resolve("access.jsonl");
    try (GatewayUnderTest gateway =
        GatewayUnderTest.start(
            dir.resolve("gateway"),
            "access-log=" + log,
            "origins=https://own.example",
            "call-origins=https://shop.example")) {
      String same = "Origin: http://localhost"; // as the Host of these requests is
      for (String target : List.of("/v1/names", "/v1/nodes", "/metrics")) {
        shows(gateway, 200, OWNER, "GET " + target);
        shows(gateway, 200, OWNER, "GET " + target, same);
        shows(gateway, 200, OWNER, "GET " + target, "Origin: https://own.example");
        shows(gateway, 403, PUBLIC, "GET " + target, "Origin: https://evil.example");
        shows(gateway, 403, PUBLIC, "HEAD " + target, "Origin: https://evil.example");
      }
      for (String foreign :
          List.of(
              "Origin: null",
              "Origin: http://127.0.0.1:1",
              CALLER,
              "Sec-Fetch-Site: same-site",
              "Sec-Fetch-Site: cross-site")) {
        shows(gateway, 403, PUBLIC, "GET /v1/names", foreign);
        shows(gateway, 403, PUBLIC, "DELETE /v1/names/a", foreign);
      }
      shows(gateway, 403, PUBLIC, "GET /v1/names", CALLER, "Authorization: Basic YTpi");
      shows(gateway, 403, PUBLIC, "GET /v1/executions/" + ExecutionId.random() + "/result", CALLER);
    }
    assertLogged(log);
  }

  @Test
  void a_link_that_somebody_followed_is_that_persons_request_and_no_frame_is() throws Exception {
    Path log = dir.resolve("access.jsonl");
    try (GatewayUnderTest gateway =
        GatewayUnderTest.start(dir.resolve("gateway"), "access-log=" + log)) {
      String cross = "Sec-Fetch-Site: cross-site";
      String mode = "Sec-Fetch-Mode: navigate";
      String clicked = "Sec-Fetch-User: ?1";
      String top = "Sec-Fetch-Dest: document";
      shows(gateway, 200, OWNER, "GET /v1/names", cross, mode, clicked, top);
      shows(gateway, 403, PUBLIC, "GET /v1/names", cross, mode, top);
      shows(gateway, 403, PUBLIC, "GET /v1/names", cross, mode, clicked, "Sec-Fetch-Dest: iframe");
      shows(gateway, 403, PUBLIC, "GET /v1/names", cross, mode, clicked, top, "Origin: null");
      shows(gateway, 403, PUBLIC, "GET /fn/a", cross, mode, clicked, top);
      shows(gateway, 403, PUBLIC, "DELETE /v1/names/a", cross, mode, clicked, "Origin: null");
    }
    assertLogged(log);
  }

  @Test
  void a_script_of_a_page_of_others_reads_no_data_and_what_a_page_shows_is_not_read_by_it()
      throws Exception {
    Path log = dir.resolve("access.jsonl");
    String target = "GET /ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    try (GatewayUnderTest gateway =
        GatewayUnderTest.start(dir.resolve("gateway"), "access-log=" + log)) {
      shows(gateway, 404, OWNER, target);
      shows(gateway, 404, OWNER, target, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Dest: image");
      shows(gateway, 403, PUBLIC, target, "Origin: https://evil.example");
      shows(gateway, 403, PUBLIC, target, "Origin: null", "Sec-Fetch-Site: cross-site");
    }
    assertLogged(log);
  }
}
