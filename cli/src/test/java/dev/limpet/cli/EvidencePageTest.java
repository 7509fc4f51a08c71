package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page of a folder of evidence in a real Chromium, light and dark, wide and narrow; pictures of
 * it are kept in the folder that the system property {@code limpet.pictures} names.
 */
@Tag("nightly")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class EvidencePageTest {
  @TempDir private Path dir = Path.of("");

  private final NodeIdentity node = NodeIdentity.generate();

  /** With a receipt that holds, one that does not, one that is missing, and disagreements. */
  private Path page() {
    Path folder = dir.resolve("folder");
    try (ScriptedGateway gateway = new ScriptedGateway()) {
      lists(gateway, gateway.operator());
      lists(gateway, NodeIdentity.generate());
      gateway.answers("/v1/receipts/" + lists(gateway, gateway.operator()), 404, "");
      gateway.disagreesAbout(node.peerId(), 2);
      gateway.misses("a-node-with-a-name-that-is-as-long-as-names-of-nodes-may-be-63-c");
      RecordingTerminal terminal = new RecordingTerminal();
      int exit =
          terminal.run(
              "evidence",
              gateway.function(),
              "--since=30d",
              "--gateway=" + gateway.url(),
              "--to=" + folder);
      assertEquals(1, exit, terminal.err());
    }
    return folder.resolve("index.html");
  }

  private Cid lists(ScriptedGateway gateway, NodeIdentity operator) {
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    return gateway.lists(receipt, ReceiptSamples.file(node, operator, receipt).proof());
  }

  @Test
  void a_person_reads_it_in_the_light_the_dark_on_a_phone_and_by_keyboard() throws Exception {
    PageInChromium chromium = PageInChromium.orSkip(dir);
    String kept = System.getProperty("limpet.pictures", "");
    Path pictures = kept.isEmpty() ? Files.createDirectory(dir.resolve("pictures")) : Path.of(kept);
    JsonObject found = chromium.look("check_evidence.py", page(), pictures);
    assertEquals(List.of(), found.texts("faults"));
    assertEquals(List.of(), found.texts("overflow"), "pixels that are beside the page");
    assertEquals(List.of(), found.texts("broken"), "words of a step that are in two lines");
    assertNotEquals(found.object("colours").text("light"), found.object("colours").text("dark"));
    assertEquals(List.of("SUMMARY true"), found.texts("reached"), "seen when it has the focus");
    assertEquals(1, found.number("open"));
    assertTrue(found.text("inside").startsWith("receipts/"), found.text("inside"));
    assertTrue(found.texts("headings").contains("Receipts"), found.text("headings"));
    assertTrue(Files.size(pictures.resolve("dark-360.png")) > 0);
  }
}
