package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.receipt.ReceiptStatement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The statement about a receipt, as securesystemslib and in-toto-attestation of PyPI read it.
 * {@code LIMPET_PLAYWRIGHT_PYTHON} names a Python that has them, else {@code python3}.
 */
@Tag("nightly")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StatementTest {
  @TempDir private Path dir = Path.of("");

  private int python(Path out, String... more) throws IOException, InterruptedException {
    String[] command = new String[more.length + 1];
    command[0] = InstalledProgram.readersPython();
    System.arraycopy(more, 0, command, 1, more.length);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(out.toFile())
        .start()
        .waitFor();
  }

  @Test
  void other_tools_check_the_signature_and_read_the_provenance() throws Exception {
    Path out = dir.resolve("out");
    boolean there = python(out, "-c", "import securesystemslib, in_toto_attestation") == 0;
    assumeTrue(there, "no securesystemslib and in-toto-attestation, so nobody else reads it");
    Path script = dir.resolve("check_dsse.py");
    try (InputStream in = StatementTest.class.getResourceAsStream("check_dsse.py")) {
      Files.copy(Objects.requireNonNull(in), script);
    }
    NodeIdentity node = NodeIdentity.generate();
    NodeIdentity operator = NodeIdentity.generate();
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    Path envelope =
        Files.write(
            dir.resolve("envelope"),
            ReceiptStatement.envelope(ReceiptSamples.file(node, operator, receipt), operator));
    String key = HexFormat.of().formatHex(operator.peerId().publicKey());
    assertEquals(
        0, python(out, script.toString(), envelope.toString(), key), Files.readString(out));
    assertTrue(Files.readString(out).contains("https://slsa.dev/provenance/v1"));
    String other = HexFormat.of().formatHex(node.peerId().publicKey());
    assertNotEquals(0, python(out, script.toString(), envelope.toString(), other));
    assertTrue(Files.readString(out).contains("Error"), Files.readString(out));
  }
}
