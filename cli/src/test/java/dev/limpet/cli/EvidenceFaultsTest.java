package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.ChildJvm;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TlogProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code limpet evidence} of servers that fail or lie, and {@code limpet verify} of their files.
 */
@Timeout(60)
class EvidenceFaultsTest {
  private static final String ID = "x-aaaaaaaaaaaaaaaaaaaaaaaaaa";

  @TempDir private Path dir = Path.of("");
  private final NodeIdentity node = NodeIdentity.generate();
  private final ScriptedGateway gateway = new ScriptedGateway();
  private final NodeIdentity operator = gateway.operator();

  @AfterEach
  void stop() {
    gateway.close();
  }

  private byte[] receipt() {
    return ReceiptSamples.receipt(node.peerId()).encode();
  }

  private Cid good() {
    byte[] receipt = receipt();
    return gateway.lists(receipt, ReceiptSamples.file(node, operator, receipt).proof());
  }

  /** A file whose enrolment says something else, or is signed by nobody. */
  private Cid enrolledAs(String text) {
    byte[] receipt = receipt();
    TlogProof proof = ReceiptSamples.file(node, operator, receipt).proof();
    SignedNote note = SignedNote.sign(text, Enrolment.keyName(operator.peerId()), node);
    byte[] nonce = new byte[ReceiptFile.NONCE_BYTES];
    return gateway.lists(
        receipt,
        new TlogProof(
            ReceiptFile.extra(receipt, nonce, note),
            proof.index(),
            proof.proof(),
            proof.checkpoint()));
  }

  private RecordingTerminal run(int exit, String... arguments) {
    RecordingTerminal own = new RecordingTerminal();
    assertEquals(exit, own.run(arguments), () -> own.out() + own.err());
    return own;
  }

  private RecordingTerminal evidence(int exit, String... more) {
    List<String> all =
        new ArrayList<>(
            List.of("evidence", "--gateway", gateway.url(), "--to", folder().toString()));
    all.addAll(more.length == 0 ? List.of(gateway.function(), "--since", "9d") : List.of(more));
    return run(exit, all.toArray(String[]::new));
  }

  private Path folder() {
    return dir.resolve("folder");
  }

  private String page() throws IOException {
    return Files.readString(folder().resolve("index.html"));
  }

  @Test
  void an_older_gateway_is_told_once_whom_to_ask_and_then_asked_without() throws IOException {
    gateway.isOlder();
    Cid first = good();
    byte[] receipt = ReceiptSamples.receipt(NodeIdentity.generate().peerId()).encode();
    Cid second = gateway.lists(receipt, ReceiptSamples.file(node, operator, receipt).proof());
    evidence(1);
    assertTrue(Files.exists(folder().resolve("receipts/" + first + ".receipt")));
    assertTrue(Files.exists(folder().resolve("receipts/" + second + ".receipt")));
    assertEquals(1, gateway.asked("refused "));
  }

  @Test
  void a_hostile_enrolment_is_a_red_line_and_the_rest_goes_on() throws IOException {
    Cid good = good();
    Cid nonsense = enrolledAs("limpet.enrolment/v1\nnonsense\n");
    evidence(1);
    String page = page();
    assertTrue(page.contains("1 green, 1 red"), page);
    assertTrue(Files.exists(folder().resolve("receipts/" + good + ".receipt")));
    String red = run(1, "verify", folder().toString()).out();
    assertTrue(red.contains("receipts/" + nonsense + ".receipt: enrolment does not hold"), red);
  }

  @Test
  void a_node_for_which_nobody_signed_is_not_among_the_nodes() throws IOException {
    String said = ReceiptSamples.enrolment(operator, node.peerId()).text();
    enrolledAs(said.replace("name pi-1", "name forged"));
    evidence(1);
    assertTrue(page().contains("No operator vouches for a node here."), page());
    assertFalse(page().contains(">forged</td>"), page());
    assertFalse(Files.exists(folder().resolve("enrolments")));
  }

  @Test
  void what_is_promised_for_ever_or_gone_is_missing_and_the_rest_goes_on() throws IOException {
    good();
    Cid promised = good();
    gateway.answers("/v1/receipts/" + promised, 202, "", "Retry-After: 0");
    Cid also = good();
    gateway.answers("/v1/receipts/" + also, 202, "", "Retry-After: 0");
    Cid gone = good();
    gateway.answers("/v1/receipts/" + gone, 404, "", "Limpet-Error: receipt-not-found");
    Cid broken = good();
    gateway.breaksOff("/v1/receipts/" + broken);
    String json = evidence(6, gateway.function(), "--since", "9d", "--json").out();
    assertEquals(4, JsonObject.parse(json).number("absent"), json);
    assertEquals(0, JsonObject.parse(json).number("red"), json);
    assertTrue(
        gateway.asked("/v1/receipts/" + promised) + gateway.asked("/v1/receipts/" + also) < 70);
    String page = page();
    assertTrue(page.contains("5 receipts: 1 green, 0 red, 4 could not be had"), page);
    assertTrue(page.contains("<span class=\"missing\">missing</span>" + promised), page);
    assertTrue(page.contains("still not in the log of its node"), page);
    run(0, "verify", folder().toString());
  }

  @Test
  void a_gateway_that_is_gone_is_not_asked_for_every_receipt() throws IOException {
    for (int i = 0; i < 20; i++) {
      gateway.breaksOff("/v1/receipts/" + good());
    }
    assertTrue(evidence(6).err().contains("20 could not be had"));
    assertTrue(page().contains("was not asked again"), page());
  }

  @Test
  void what_the_gateway_does_not_say_besides_receipts_is_named() throws IOException {
    good();
    gateway.answers("/v1/executions", 503, "");
    gateway.answers("/v1/disagreements", 503, "");
    String told = evidence(6).err();
    assertTrue(told.contains("not in the folder: which calls the gateway remembers"), told);
    assertTrue(told.contains("not in the folder: disagreements"), told);
    assertTrue(page().contains("Not in this folder: disagreements"), page());
  }

  @Test
  void a_node_that_gave_no_list_makes_the_folder_incomplete() {
    good();
    gateway.misses("node-7");
    assertTrue(evidence(6).err().contains("did not answer: node-7"));
  }

  @Test
  void a_red_receipt_has_no_statement_and_one_that_is_refused_is_named() throws IOException {
    Cid good = good();
    enrolledAs("limpet.enrolment/v1\nnonsense\n");
    String[] wish = {gateway.function(), "--since", "9d", "--dsse"};
    gateway.states(good, "{}");
    evidence(1, wish);
    assertTrue(Files.exists(folder().resolve("statements/" + good + ".intoto.json")));
    gateway.answers("/v1/receipts/" + good + "?format=dsse", 502, "");
    run(
        1,
        "evidence",
        gateway.function(),
        "--since",
        "9d",
        "--dsse",
        "--gateway",
        gateway.url(),
        "--to",
        dir.resolve("second").toString());
    String page = Files.readString(dir.resolve("second/index.html"));
    assertTrue(page.contains("Not in this folder: the statement of " + good), page);
  }

  @Test
  void a_list_in_a_circle_ends_with_an_error_that_says_so() {
    good();
    gateway.listsOnAt("node-1:5");
    String error = evidence(3).err();
    assertTrue(error.contains("in a circle, at node-1:5"), error);
    assertFalse(Files.exists(folder()));
  }

  @Test
  void the_receipt_of_an_execution_must_be_of_its_function_and_of_its_data() throws IOException {
    Cid good = good();
    String other = "bafkreihcpwsgf6zhqws6sv22frykt7c2tn6r5uht52zfwgnhpxbf4tl2wy";
    gateway.remembers(ID, good, gateway.function(), List.of(gateway.data()));
    evidence(0, ID);
    for (List<String> wrong :
        List.of(List.of(other, gateway.data()), List.of(gateway.function(), other))) {
      gateway.remembers(ID, good, wrong.getFirst(), List.of(wrong.getLast()));
      Path to = dir.resolve(wrong.getFirst());
      RecordingTerminal red =
          run(1, "evidence", ID, "--gateway", gateway.url(), "--to", to.toString());
      assertTrue(red.err().contains("1 red"), red.err());
    }
  }

  @Test
  @Tag("long")
  void disagreements_that_are_only_counted_are_not_fetched() throws IOException {
    good();
    gateway.disagreesAbout(node.peerId(), 70);
    assertTrue(evidence(0).err().contains("70 disagreements"));
    assertTrue(page().contains("And 6 more."), page());
    assertEquals(64, gateway.asked("/v1/disagreements/"));
  }

  @Test
  void a_folder_is_checked_from_within_and_its_check_names_whose_receipts_it_has()
      throws Exception {
    good();
    evidence(0);
    Process verify =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"),
                    Main.class,
                    List.of("verify", ".")))
            .directory(folder().toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, verify.waitFor(), out);
    assertTrue(out.contains("operator " + operator.peerId() + " vouches for the nodes"), out);
  }

  @Test
  void a_receipt_under_the_name_of_another_is_red() throws IOException {
    Cid first = good();
    Cid second = good();
    evidence(0);
    swap(first, second);
    String red = run(1, "verify", folder().toString()).out();
    assertTrue(red.contains(first + ".receipt: it is the file of receipt " + second), red);
  }

  /** As somebody would who writes the list of hashes anew. */
  private void swap(Cid first, Cid second) throws IOException {
    Path one = folder().resolve("receipts/" + first + ".receipt");
    Path other = folder().resolve("receipts/" + second + ".receipt");
    Path aside = Files.move(one, dir.resolve("aside"));
    Files.move(other, one);
    Files.move(aside, other);
    Path sums = folder().resolve("SHA256SUMS");
    String list = Files.readString(sums);
    Files.writeString(
        sums,
        list.replace(first.toString(), "-")
            .replace(second.toString(), first.toString())
            .replace("receipts/-.", "receipts/" + second + "."));
  }

  @Test
  void receipts_of_two_operators_are_red_until_the_reader_says_whom_he_trusts() throws IOException {
    byte[] receipt = receipt();
    NodeIdentity stranger = NodeIdentity.generate();
    good();
    gateway.lists(receipt, ReceiptSamples.file(node, stranger, receipt).proof());
    evidence(1);
    String two = run(1, "verify", folder().toString()).out();
    assertTrue(two.contains("receipts/: they are of nodes of more than one operator"), two);
    assertTrue(two.contains(stranger.peerId().toString()), two);
    String key = stranger.peerId().toString();
    String one = run(1, "verify", folder().toString(), "--operator", key, "--json").out();
    assertFalse(one.contains("more than one operator"), one);
    assertEquals(List.of(key), JsonObject.parse(one).texts("operators"));
  }
}
