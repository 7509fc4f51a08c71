package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptForgeries;
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

  private List<ReceiptForgeries.Forgery> forged = List.of();

  private Path files() throws IOException {
    Path files = Files.createDirectory(dir.resolve("files"));
    NodeIdentity node = NodeIdentity.generate();
    NodeIdentity operator = NodeIdentity.generate();
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    ReceiptFile good = ReceiptSamples.file(node, operator, receipt);
    forged = ReceiptForgeries.of(node, operator, receipt);
    for (ReceiptForgeries.Forgery forgery : forged) {
      Files.write(files.resolve(forgery.name()), forgery.file());
    }
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
    assertEquals(List.of(), found.fields().get("unnamedAfterFlips"), "red without a step");
    assertEquals(List.of("unchanged"), found.texts("greenAfterSwaps"));
    String green = "green: it is what that node said, unaltered, and in its log";
    for (String way : List.of("", "dropped ")) {
      assertEquals(green, found.texts(way + "good").getFirst());
      assertTrue(found.texts(way + "good").getLast().contains("witness"), way);
      red(found, way + "index", "inclusion");
      red(found, way + "alone", "enrolment");
      for (String file : List.of("nothing", "noise", "huge")) {
        red(found, way + file, "file");
      }
    }
    for (ReceiptForgeries.Forgery forgery : forged) {
      String end = found.texts(forgery.name()).getFirst();
      assertTrue(end.startsWith("red: "), forgery.name() + " " + end);
      assertTrue(end.contains(forgery.step().text()), forgery.name() + " " + end);
    }
    red(found, "dropped folder", "file");
    assertTrue(found.texts("dropped folder").getLast().contains("of a folder, drop the files"));
    red(found, "dropped two", "file");
    assertTrue(found.texts("dropped two").getLast().contains("2 files: drop one at a time"));
    red(found, "dropped a million", "file");
    assertEquals(List.of("says", "a?b?c?d", "e?f?g?h?i café 😀"), found.texts("obeyed"));
    assertEquals(List.of(green, green), found.texts("overtaken"));
    assertEquals(List.of("checking", "", ""), found.texts("whileChecking"));
  }

  private static void red(JsonObject found, String file, String step) {
    assertEquals("red: " + step + " failed", found.texts(file).getFirst());
  }
}
