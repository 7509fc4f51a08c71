package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page that checks receipts, in a real Chromium. */
@Tag("nightly")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class VerifyPageTest {
  @TempDir private Path dir = Path.of("");

  private Path files() throws IOException {
    Path files = Files.createDirectory(dir.resolve("files"));
    NodeIdentity node = NodeIdentity.generate();
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    ReceiptFile good = ReceiptSamples.file(node, NodeIdentity.generate(), receipt);
    String text = good.proof().toString();
    Files.writeString(files.resolve("good"), text);
    Files.writeString(files.resolve("index"), text.replace("index 2", "index 3"));
    Files.writeString(
        files.resolve("alone"), ReceiptSamples.file(node, null, receipt).proof().toString());
    Files.write(files.resolve("nothing"), new byte[0]);
    Files.write(files.resolve("noise"), "\u0000no receipt".getBytes(StandardCharsets.UTF_8));
    try (RandomAccessFile huge = new RandomAccessFile(files.resolve("huge").toFile(), "rw")) {
      huge.setLength(1L << 30);
    }
    return files;
  }

  @Test
  void the_page_says_what_the_command_says() throws Exception {
    PageInChromium chromium = PageInChromium.orSkip(dir);
    Path page =
        PageInChromium.resource(Gateway.class, "http/verify.html", dir.resolve("verify.html"));
    JsonObject found = chromium.look("check_page.py", page, files());
    assertEquals(List.of(), found.texts("faults"));
    assertEquals(List.of(), found.fields().get("greenAfterFlips"), "bytes that can be altered");
    for (String green : List.of("good", "dropped")) {
      assertTrue(found.texts(green).getFirst().startsWith("green"), found.texts(green)::toString);
    }
    assertTrue(found.texts("good").getLast().contains("witness"), found.texts("good")::toString);
    red(found, "index", "inclusion");
    red(found, "alone", "enrolment");
    red(found, "nothing", "file");
    red(found, "noise", "file");
    red(found, "huge", "file");
  }

  private static void red(JsonObject found, String file, String step) {
    assertEquals("red: " + step + " failed", found.texts(file).getFirst());
  }
}
