package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What pages of others may see of a node whose owner needs no token, and whom the log names. */
class ForeignPagesTest {
  private static final String EVIL = "Origin: https://evil.example";
  private static final String CROSS = "Sec-Fetch-Site: cross-site";

  @TempDir private Path dir;

  private final List<String> expected = new ArrayList<>();

  private void shows(NodeUnderTest node, int status, String who, String line, String... headers) {
    WireAnswer answer = node.ask(line, headers);
    String asked = line + " " + List.of(headers);
    assertEquals(status, answer.status(), asked);
    if (status == 403 && !line.startsWith("HEAD")) {
      assertEquals("foreign-origin", answer.header("Limpet-Error"), asked);
    }
    expected.add(who + " " + status);
  }

  @Test
  void no_page_of_others_has_the_rights_of_the_owner_and_the_log_says_the_same() throws Exception {
    Path log = dir.resolve("access.jsonl");
    SampleDag dag = SampleDag.file(1, 100);
    String data = "/ipfs/" + dag.root();
    try (NodeUnderTest node =
        NodeUnderTest.start(
            dir.resolve("node"), "access-log=" + log, "origins=https://own.example")) {
      node.add(dag.car());
      expected.add("owner 201");
      for (String target : List.of("/v1/node", "/v1/pins", "/metrics")) {
        shows(node, 200, "owner", "GET " + target);
        shows(node, 200, "owner", "GET " + target, "Origin: https://own.example");
        shows(node, 403, "public", "GET " + target, EVIL);
        shows(node, 403, "public", "HEAD " + target, EVIL);
        shows(node, 403, "public", "GET " + target, "Origin: null");
        shows(node, 403, "public", "GET " + target, "Origin: http://127.0.0.1:1");
        shows(node, 403, "public", "GET " + target, CROSS);
        shows(node, 403, "public", "GET " + target, EVIL, "Authorization: Basic YTpi");
      }
      shows(
          node,
          200,
          "owner",
          "GET /v1/node",
          CROSS,
          "Sec-Fetch-Mode: navigate",
          "Sec-Fetch-User: ?1",
          "Sec-Fetch-Dest: document");
      shows(node, 200, "owner", "GET " + data, CROSS, "Sec-Fetch-Dest: image");
      shows(node, 403, "public", "GET " + data, EVIL);
      shows(node, 403, "public", "HEAD " + data, "Origin: null");
      shows(node, 403, "public", "DELETE /v1/pins/" + dag.root(), EVIL);
    }
    List<String> logged =
        Files.readAllLines(log).stream()
            .map(line -> line.replaceFirst(".*\"who\":\"(\\w+)\".*\"status\":(\\d+).*", "$1 $2"))
            .toList();
    assertEquals(expected.stream().sorted().toList(), logged.stream().sorted().toList());
  }

  @Test
  void where_data_is_public_a_script_of_any_page_reads_it_as_the_public() throws Exception {
    SampleDag dag = SampleDag.file(1, 100);
    try (NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"), "public-data=true")) {
      node.add(dag.car());
      assertEquals(200, node.ask("GET /ipfs/" + dag.root(), EVIL).status());
      assertEquals(403, node.ask("GET /v1/node", EVIL).status());
    }
  }
}
