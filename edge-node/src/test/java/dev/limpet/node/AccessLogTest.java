package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.accesslog.LogLines;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node logs of each request. */
class AccessLogTest {
  @TempDir private Path dir;

  @Test
  void each_request_has_a_line_and_secrets_have_none() throws Exception {
    Path log = dir.resolve("access.jsonl");
    SampleDag dag = SampleDag.file(1, 100);
    try (NodeUnderTest node = NodeUnderTest.start(dir.resolve("node"), "access-log=" + log)) {
      assertEquals(201, node.add(dag.car()).status());
      String target = "/ipfs/" + dag.root() + "?secret=1";
      String trace = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
      assertEquals(200, node.ask("GET " + target, trace).status());
      assertEquals(404, node.ask("GET /nothing", "Authorization: Bearer secret-token").status());
    } // which writes what it has to, also of an answer that has left just before
    List<String> lines = Files.readAllLines(log);
    assertEquals(3, lines.size(), lines.toString());
    String add = LogLines.ofPath(lines, "/v1/dags");
    assertTrue(add.contains("\"method\":\"POST\",\"path\":\"/v1/dags\",\"status\":201"), add);
    assertTrue(add.contains("\"bytesIn\":" + dag.car().length + ","), add);
    String read = LogLines.ofPath(lines, "/ipfs/" + dag.root());
    assertTrue(read.contains("\"status\":200"), read);
    assertTrue(read.contains("\"end\":\"whole\",\"bytesIn\":0,\"bytesOut\":100,"), read);
    assertTrue(read.endsWith("\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\"}"), read);
    String missing = LogLines.ofPath(lines, "/nothing");
    assertTrue(missing.contains("\"status\":404") && missing.contains("not-found"), missing);
    assertTrue(lines.stream().noneMatch(line -> line.contains("secret")), lines.toString());
  }
}
