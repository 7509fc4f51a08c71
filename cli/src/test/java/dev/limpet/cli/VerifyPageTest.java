package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.gateway.Gateway;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptSamples;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page that checks receipts, in a real Chromium. Needs {@code chromium} on the PATH and a
 * Python with Playwright ({@code LIMPET_PLAYWRIGHT_PYTHON} names it, else {@code python3}).
 */
@Tag("nightly")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class VerifyPageTest {
  @TempDir private Path dir = Path.of("");

  private record Result(int exit, String out) {}

  private Result run(String... command) throws IOException, InterruptedException {
    Path out = dir.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .redirectError(dir.resolve("err").toFile())
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    return new Result(exit, Files.readString(out) + Files.readString(dir.resolve("err")));
  }

  private static Path resource(Class<?> at, String name, Path to) throws IOException {
    try (InputStream in = at.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in, name), to);
    }
    return to;
  }

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
    Optional<Path> chromium = InstalledProgram.find("chromium");
    assumeTrue(chromium.isPresent(), "no chromium on the PATH, so the page is opened in none");
    String python = InstalledProgram.readersPython();
    Result there = run(python, "-c", "import playwright.sync_api");
    assumeTrue(there.exit == 0, "no Playwright for " + python + ", so the page is opened in none");
    Path page = resource(Gateway.class, "http/verify.html", dir.resolve("verify.html"));
    Path script = resource(VerifyPageTest.class, "check_page.py", dir.resolve("check_page.py"));
    Result result =
        run(
            python,
            script.toString(),
            page.toString(),
            files().toString(),
            chromium.get().toString());
    assertEquals(0, result.exit, result.out);
    JsonObject found = JsonObject.parse(result.out.lines().findFirst().orElse(""));
    assertEquals(List.of(), found.texts("faults"));
    assertEquals(List.of(), found.fields().get("greenAfterFlips"), "bytes that can be altered");
    for (String green : List.of("good", "dropped")) {
      assertTrue(found.texts(green).getFirst().startsWith("green"), found.texts(green)::toString);
    }
    assertTrue(found.texts("good").getLast().contains("witness"), result.out);
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
