package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code limpet status --node}, of a node that says what it likes. */
@Timeout(60)
class NodeScreenTest {
  /** Each text of it would begin a line of its own, and turn the rest of that. */
  private static final String LYING =
      """
      {"name":"shed%1$s","peerId":"12D3%1$s","version":"1%1$s","startedAt":"now%1$s",
       "gateway":"https://g%1$s","joined":true,"state":"odd%1$s","store":"kubo%1$s",
       "roots":3,"bytes":1,"quotaBytes":2,"counters":{},
       "load":{"running":"1%1$s","queued":"2%1$s"},"capacity":{"slots":1,"memoryBytes":1},
       "unbelieved":{"other:1%1$s":"it has ended%1$s"}}
      """
          .formatted("\\nproblems  0\\u202e");

  @Test
  void what_a_node_says_begins_no_line_and_turns_no_text() {
    RecordingTerminal terminal = new RecordingTerminal(Map.of());
    try (WireServer node =
        WireServer.start(
            exchange -> {
              boolean screen = exchange.head().target().equals("/v1/node");
              String type = screen ? "application/json" : "text/plain";
              exchange.answer(200, screen ? LYING : "", "Content-Type: " + type);
            })) {
      assertEquals(0, terminal.run("status", "--node", node.url().toString()), terminal.err());
    }
    List<String> lines = terminal.out().lines().toList();
    List<String> labels = lines.stream().map(line -> line.split(" ", 2)[0]).toList();
    assertEquals(
        List.of(
            "node",
            "since",
            "gateway",
            "refuses",
            "holds",
            "ran",
            "memo",
            "sent",
            "added",
            "limits",
            "problems"),
        labels,
        terminal.out());
    assertEquals(
        "refuses   other:1?problems  0? is not believed to be itself: it has ended?problems  0?",
        lines.get(3));
    assertTrue(lines.getFirst().startsWith("node      shed?problems  0?  12D3?"), lines.getFirst());
  }
}
