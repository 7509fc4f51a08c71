package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.Json;
import dev.limpet.protocol.audit.AuditEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was added to a node, pinned and unpinned, by whom. */
class AuditTest {
  private static final String SECRET = "the-management-token";
  private static final String OWNER = "Authorization: Bearer " + SECRET;

  @TempDir private Path dir = Path.of("");

  private NodeUnderTest start() throws IOException {
    Path file = Files.writeString(dir.resolve("token"), SECRET);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return NodeUnderTest.start(dir, "token-file=" + file);
  }

  private List<AuditEntry> entries(String file) throws IOException {
    List<String> lines = Files.readAllLines(dir.resolve("audit").resolve(file));
    assertFalse(lines.toString().contains(SECRET), "a token was recorded");
    return lines.stream()
        .map(line -> line.getBytes(StandardCharsets.UTF_8))
        .map(line -> Json.read(AuditEntry.class, line, 1 << 16))
        .toList();
  }

  private static List<String> parts(AuditEntry entry) {
    return List.of(entry.who(), entry.remote(), entry.action(), entry.object(), entry.outcome());
  }

  @Test
  void adding_pinning_and_unpinning_are_recorded() throws IOException {
    SampleDag dag = SampleDag.file(1, 100);
    String cid = dag.root().toString();
    try (NodeUnderTest node = start()) {
      assertEquals(201, node.add(dag.car(), OWNER).status());
      assertEquals(200, node.ask("PUT /v1/pins/" + cid, OWNER).status());
      assertEquals(204, node.ask("DELETE /v1/pins/" + cid, OWNER).status());
      assertEquals(404, node.ask("DELETE /v1/pins/" + cid, OWNER).status());
      assertEquals(400, node.add(new byte[] {1, 2, 3}, OWNER).status());
      assertEquals(200, node.ask("GET /v1/pins", OWNER).status());
      List<AuditEntry> entries = entries("audit-000001.jsonl");
      assertEquals(
          List.of(
              List.of("management", "127.0.0.1", "add", cid, "done"),
              List.of("management", "127.0.0.1", "pin", cid, "done"),
              List.of("management", "127.0.0.1", "unpin", cid, "done"),
              List.of("management", "127.0.0.1", "unpin", cid, "data-not-found"),
              List.of("management", "127.0.0.1", "add", "", "bad-car")),
          entries.stream().map(AuditTest::parts).toList());
      assertTrue(String.valueOf(entries.getFirst().detail()).endsWith(" bytes"));
    }
  }

  @Test
  void what_is_refused_is_recorded_apart_and_a_hostile_path_stays_within_its_line()
      throws IOException {
    try (NodeUnderTest node = start()) {
      assertEquals(401, node.add(new byte[] {1}).status());
      assertEquals(403, node.ask("DELETE /v1/pins/a%0Ab", OWNER, "Origin: http://evil").status());
      assertEquals(401, node.ask("PUT /v1/pins/a%0Ab", "Authorization: Bearer wrong").status());
      assertEquals(
          List.of(
              List.of("public", "127.0.0.1", "add", "", "unauthorized"),
              List.of("management", "127.0.0.1", "unpin", "a\nb", "foreign-origin"),
              List.of("unknown", "127.0.0.1", "pin", "a\nb", "unauthorized")),
          entries("refused-000001.jsonl").stream().map(AuditTest::parts).toList());
      assertEquals(List.of(), entries("audit-000001.jsonl"));
    }
  }
}
