package dev.limpet.cli;

import static dev.limpet.cli.Settling.awaitReady;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.testkit.wire.WireClient;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files that two nodes hold, mapped by several calls at once: each answer is kept by one of the
 * nodes, and the gateway itself keeps none.
 */
@Timeout(300)
class MapOnTwoNodesTest {
  private static final int FILES = 200;
  private static final Pattern RUNS = Pattern.compile("limpet_node_memo_misses(?:_total)? (\\d+)");

  @TempDir private Path folder;
  private Path data = Path.of("");
  private Gateway gateway;
  private final List<Node> nodes = new ArrayList<>();

  @BeforeEach
  void start() throws IOException {
    gateway =
        Gateway.start(
            GatewayConfig.load(
                null,
                Map.of(),
                List.of(
                    "listen=127.0.0.1:0",
                    "dir=" + folder.resolve("gateway"),
                    "memo-memory=0",
                    "hedge-calls=false")));
    nodes.add(node("node-1"));
    nodes.add(node("node-2"));
    awaitReady(gateway.url(), 2);
    data = Files.createDirectory(folder.resolve("numbers"));
    for (int number = 1; number <= FILES; number++) {
      Files.writeString(data.resolve("%05d.csv".formatted(number)), "n\n" + number + "\n");
    }
    Path root = Path.of(System.getProperty("limpet.root", ".."));
    String csv = root.resolve("functions-examples/csv/csv.wasm").toString();
    String _ = run(nodes.getFirst(), "deploy", csv, "--name", "csv").out();
  }

  private Node node(String name) {
    return GatewayAndNode.node(name, folder.resolve(name), gateway.url());
  }

  @AfterEach
  void stop() {
    nodes.forEach(Node::close);
    gateway.close();
  }

  private RecordingTerminal terminal(Node node) {
    return new RecordingTerminal(
        Map.of("LIMPET_GATEWAY", gateway.url().toString(), "LIMPET_NODE", node.url().toString()));
  }

  private RecordingTerminal run(Node node, String... arguments) {
    RecordingTerminal terminal = terminal(node);
    assertEquals(0, terminal.run(arguments), terminal.err());
    return terminal;
  }

  /** Adds the files to both nodes; their CID. */
  private String added() {
    String cid = "";
    for (Node node : nodes) {
      cid = JsonObject.parse(run(node, "add", data.toString(), "--json").out()).text("cid");
    }
    return cid;
  }

  /** Adds up what is in the files. */
  private RecordingTerminal summed(String cid, int parallel) {
    return run(
        nodes.getFirst(),
        "map",
        "csv",
        "--on=" + cid,
        "--parallel=" + parallel,
        "--reduce=csv",
        "--reduce-arg=sum=1",
        "--json",
        "--",
        "sum=1");
  }

  /** Adds the files to both nodes, and up what is in them; the report. */
  private JsonObject sum(int parallel) {
    return JsonObject.parse(summed(added(), parallel).err());
  }

  /** Runs of functions that a node has counted. */
  private static long runs(URI node) {
    String page = WireClient.ask(node, WireClient.request("GET /metrics", null)).text();
    Matcher counted = RUNS.matcher(page);
    assertTrue(counted.find(), page);
    return Long.parseLong(counted.group(1));
  }

  private List<Long> runs() {
    return nodes.stream().map(node -> runs(node.url())).toList();
  }

  private static long total(List<Long> runs) {
    return runs.stream().mapToLong(Long::longValue).sum();
  }

  @Test
  @Tag("long")
  void the_second_time_no_file_is_read_again_and_with_one_changed_only_that() throws IOException {
    JsonObject first = sum(8);
    assertEquals(FILES, first.object("map").number("ran"));
    List<Long> ran = runs();
    assertTrue(ran.stream().allMatch(runs -> runs > 0), "both nodes have a share: " + ran);

    // One after the other: a node that is busy is passed over, and the other one runs it again.
    JsonObject again = sum(1);
    assertEquals(0, again.object("map").number("ran"));
    assertEquals(FILES, again.object("map").number("fromMemo"));
    assertEquals(0, again.object("reduce").number("ran"));
    assertEquals(total(ran), total(runs()));

    Files.writeString(data.resolve("00100.csv"), "n\n1000\n");
    JsonObject changed = sum(1);
    assertEquals(1, changed.object("map").number("ran"));
    assertEquals(FILES - 1, changed.object("map").number("fromMemo"));
  }

  @Test
  @Tag("long")
  void a_node_that_goes_in_the_middle_takes_no_answer_with_it() throws Exception {
    String cid = added();
    awaitHolders(cid);
    Node going = nodes.getLast();
    FutureTask<@Nullable Void> goes =
        new FutureTask<>(
            () -> {
              await().pollInterval(Duration.ofMillis(1)).until(() -> runs(going.url()) > 5);
              going.close();
            },
            null);
    Thread.startVirtualThread(goes);
    String sum = summed(cid, 8).out();
    goes.get();
    nodes.removeLast();
    assertTrue(sum.endsWith("\n" + FILES * (FILES + 1) / 2 + "\n"), sum);
  }

  /** Until then all calls go to one of them. */
  private void awaitHolders(String cid) {
    String holders = WireClient.request("GET /v1/holders/" + cid, null);
    await()
        .until(
            () ->
                JsonObject.parse(WireClient.ask(gateway.url(), holders).text())
                    .objects("items")
                    .stream()
                    .filter(holder -> holder.text("complete").equals("true"))
                    .count(),
            count -> count == nodes.size());
  }
}
