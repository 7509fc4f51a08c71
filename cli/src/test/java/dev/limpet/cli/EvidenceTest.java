package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet evidence}, and {@code limpet verify} of what it makes. */
class EvidenceTest {
  @TempDir private Path dir = Path.of("");
  private Path log = Path.of("");
  private GatewayAndNode both;

  @BeforeEach
  void start() throws IOException {
    log = dir.resolve("access.jsonl");
    both = GatewayAndNode.start(dir, "access-log=" + log);
    both.deploy(Files.write(dir.resolve("hello.wasm"), SampleModules.hello()), "greet");
  }

  @AfterEach
  void stop() {
    both.close();
  }

  private RecordingTerminal run(int exit, String... arguments) {
    RecordingTerminal own = new RecordingTerminal();
    assertEquals(exit, own.run(arguments), () -> own.out() + own.err());
    return own;
  }

  private RecordingTerminal evidence(int exit, Path to, String... arguments) {
    List<String> all = new ArrayList<>(List.of("evidence", "--to", to.toString()));
    all.addAll(List.of("--gateway", both.gateway().url().toString()));
    all.addAll(List.of(arguments));
    return run(exit, all.toArray(String[]::new));
  }

  /** A call whose receipt is in the log, and seen there by the gateway. */
  private WireAnswer call(String target) {
    WireAnswer answer =
        Awaitility.await() // until the node has looked at the function
            .until(
                () ->
                    WireClient.ask(both.gateway().url(), WireClient.request("GET " + target, null)),
                each -> each.status() == 200);
    String receipt = receipt(answer);
    Awaitility.await()
        .until(
            () ->
                WireClient.ask(
                        both.gateway().url(),
                        WireClient.request("GET /v1/receipts/" + receipt, null))
                    .text(),
            file -> file.contains("limpet.operator/"));
    return answer;
  }

  private static String receipt(WireAnswer answer) {
    return answer.headerOrTrailer("Limpet-Receipt");
  }

  private static List<Path> files(Path folder, String end) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(end)).sorted().toList();
    }
  }

  @Test
  void a_folder_about_a_function_is_checked_without_servers_and_one_digit_more_is_named()
      throws IOException {
    WireAnswer first = call("/fn/greet?arg=1");
    call("/fn/greet?arg=2");
    WireAnswer hit = call("/fn/greet?arg=1");
    assertEquals("hit", hit.header("Limpet-Memo"));
    Awaitility.await().until(() -> Files.readString(log).contains(receipt(first)));
    Path to = dir.resolve("folder");
    RecordingTerminal made =
        evidence(0, to, "greet", "--since", "1h", "--dsse", "--access-log", log.toString());
    assertEquals(to.resolve("index.html") + "\n", made.out());
    both.close();
    assertEquals(2, files(to, ".receipt").size());
    assertEquals(2, files(to, ".intoto.json").size());
    assertTrue(files(to, ".note").size() >= 2);
    assertEquals(List.of(), files(dir, ".part"));
    for (Path each : files(to, ".receipt")) {
      run(0, "verify", each.toString());
    }
    assertTrue(run(0, "verify", to.toString()).out().contains("\ngreen: "));
    String page = Files.readString(to.resolve("index.html"));
    assertTrue(page.contains("2 green, 0 red"), page);
    assertTrue(page.contains("\">owner</td><td data-head=\"from\">127.0.0.1</td>"), page);
    assertTrue(page.contains(receipt(first)), page);
    assertFalse(page.contains("<script"), page);
    Path one = files(to, ".receipt").getFirst();
    String text = Files.readString(one);
    int root = text.lastIndexOf("\n", text.indexOf("\n\n— ") - 1) + 5;
    char other = text.charAt(root) == 'A' ? 'B' : 'A';
    Files.writeString(one, text.substring(0, root) + other + text.substring(root + 1));
    String red = run(1, "verify", to.toString()).out();
    String line =
        red.lines().filter(each -> each.startsWith("red     receipts/")).findFirst().orElse(red);
    assertTrue(line.contains(one.getFileName() + ": checkpoint does not hold"), red);
    assertTrue(line.contains("inclusion does not hold"), red);
    assertTrue(red.contains("red: 1 of "), red);
  }

  @Test
  void what_strangers_named_is_escaped_on_the_page_about_data() throws IOException {
    Path folder = Files.createDirectory(dir.resolve("data"));
    Files.writeString(folder.resolve("<img src=x onerror=alert(1)>\u202e.txt"), "some data");
    String cid = both.add(folder);
    WireAnswer answer =
        call("/on/" + cid + "/%3Cimg%20src=x%20onerror=alert(1)%3E%E2%80%AE.txt/-/greet");
    Path forged = dir.resolve("forged.jsonl");
    String who = "\"who\":\"<img src=x onerror=alert(1)>\u202e.txt\",\"remote\":\"'\"";
    Files.writeString(
        forged,
        "{\"execution\":\"\"," + who + ",\"receipt\":\"" + receipt(answer) + "\"}\nhalf a line");
    Path to = dir.resolve("folder");
    evidence(0, to, cid, "--since", "1h", "--access-log", forged.toString());
    String page = Files.readString(to.resolve("index.html"));
    assertTrue(page.contains("&lt;img src=x onerror=alert(1)&gt;\ufffd.txt"), page);
    assertTrue(page.contains(">&#39;</td>"), page);
    assertTrue(page.contains("/%3Cimg%20src=x"), page);
    assertFalse(page.contains("<img"), page);
    assertTrue(page.contains("What is proven, and what is merely said"), page);
    String none = evidence(5, dir.resolve("none"), cid, "--since", "9999-01-01").err();
    assertTrue(none.contains("no log has a receipt of the data " + cid), none);
    assertFalse(Files.exists(dir.resolve("none")));
  }

  @Test
  @Tag("long")
  void an_execution_that_was_answered_from_memory_leads_to_the_receipt_of_the_run() {
    WireAnswer ran = call("/fn/greet");
    Path to = dir.resolve("folder");
    String id = ran.header("Limpet-Execution");
    evidence(0, to, id, "--json");
    String receipt = receipt(ran);
    assertTrue(Files.exists(to.resolve("receipts/" + receipt + ".receipt")), receipt);
    evidence(5, dir.resolve("other"), "x-aaaaaaaaaaaaaaaaaaaaaaaaaa");
  }

  @Test
  @Tag("long")
  void what_has_no_room_in_a_folder_is_in_the_one_that_goes_on() throws IOException {
    call("/fn/greet?arg=1");
    call("/fn/greet?arg=2");
    Path first = dir.resolve("first");
    String made = evidence(0, first, "greet@1", "--since", "1h", "--limit", "1", "--json").out();
    String next = JsonObject.parse(made).text("continueSince");
    assertTrue(Files.readString(first.resolve("index.html")).contains("--since " + next), made);
    Path second = dir.resolve("second");
    evidence(0, second, "greet", "--since", next);
    List<String> all = new ArrayList<>();
    for (Path folder : List.of(first, second)) {
      files(folder, ".receipt").forEach(file -> all.add(file.getFileName().toString()));
    }
    assertEquals(2, all.stream().distinct().count(), all.toString());
  }

  @Test
  @Tag("long")
  void an_operator_who_is_not_the_one_that_is_trusted_makes_every_receipt_red() throws IOException {
    call("/fn/greet");
    Path to = dir.resolve("folder");
    String key = NodeIdentity.generate().peerId().toString();
    evidence(1, to, "greet", "--since", "1h", "--operator", key);
    String page = Files.readString(to.resolve("index.html"));
    assertTrue(page.contains("0 green, 1 red"), page);
    assertTrue(page.contains("These steps do not hold: enrolment"), page);
    assertTrue(run(1, "verify", to.toString(), "--operator", key).out().contains("enrolment"));
    run(0, "verify", to.toString());
  }

  @Test
  void a_node_that_is_away_is_named_and_what_cannot_be_asked_for_leaves_nothing()
      throws IOException {
    call("/fn/greet");
    Path taken = Files.createDirectory(dir.resolve("taken"));
    assertTrue(evidence(2, taken, "greet", "--since", "1h").err().contains("exists already"));
    assertTrue(evidence(2, dir.resolve("a"), "greet").err().contains("--since 7d"));
    assertTrue(evidence(2, dir.resolve("a"), "greet", "--since", "x").err().contains("7d"));
    for (String never : List.of("+10000-01-01", "+10000-01-01T00:00:00Z", "1000000d")) {
      String err = evidence(2, dir.resolve("a"), "greet", "--since", never).err();
      assertTrue(err.contains("--since is a time from the year 1970 to 9999"), err);
    }
    evidence(5, dir.resolve("a"), "nobody", "--since", "1h");
    evidence(2, dir.resolve("a"), "greet", "--since", "1h", "--access-log", "nowhere");
    both.node().close();
    String away = evidence(5, dir.resolve("a"), "greet", "--since", "1h").err();
    assertTrue(away.contains("did not answer: node-1"), away);
    assertFalse(Files.exists(dir.resolve("a")));
    assertEquals(List.of(), files(dir, ".part"));
  }

  @Test
  @Tag("long")
  void a_folder_with_a_file_too_many_or_a_link_out_of_it_is_red() throws IOException {
    call("/fn/greet");
    Path to = dir.resolve("folder");
    evidence(0, to, "greet", "--since", "1h");
    Path one = files(to, ".receipt").getFirst();
    Path moved = Files.move(one, dir.resolve("moved"));
    Files.createSymbolicLink(one, moved);
    Files.writeString(to.resolve("receipts/more.receipt"), "x");
    String out = run(1, "verify", to.toString(), "--json").out();
    assertTrue(out.contains("it is missing, or no plain file"), out);
    assertTrue(out.contains("it is not in SHA256SUMS"), out);
    Files.writeString(to.resolve("SHA256SUMS"), "0".repeat(64) + "  ../moved\n");
    String outside = run(1, "verify", to.toString()).out();
    assertTrue(outside.contains("red     ../moved: it is missing, or no plain file"), outside);
    try (RandomAccessFile sparse = new RandomAccessFile(to.resolve("huge").toFile(), "rw")) {
      sparse.setLength(1L << 36);
    }
    Files.writeString(to.resolve("SHA256SUMS"), "0".repeat(64) + "  huge\n");
    String huge = run(1, "verify", to.toString()).out();
    assertTrue(huge.contains("red     huge: it was not read: with it the folder has over"), huge);
    Files.writeString(to.resolve("SHA256SUMS"), "nonsense\n");
    run(2, "verify", to.toString());
  }
}
