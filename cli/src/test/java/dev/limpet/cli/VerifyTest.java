package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code limpet verify}, from an answer to the file that proves it. */
class VerifyTest {
  @TempDir private Path dir = Path.of("");

  private final NodeIdentity node = NodeIdentity.generate();
  private final NodeIdentity operator = NodeIdentity.generate();

  private Path sample() throws IOException {
    byte[] receipt = ReceiptSamples.receipt(node.peerId()).encode();
    return Files.writeString(
        dir.resolve("good"), ReceiptSamples.file(node, operator, receipt).proof().toString());
  }

  private RecordingTerminal verify(int exit, String... arguments) {
    RecordingTerminal own = new RecordingTerminal();
    String[] all = new String[arguments.length + 1];
    all[0] = "verify";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    assertEquals(exit, own.run(all), () -> own.out() + own.err());
    return own;
  }

  @Test
  void a_good_file_is_green_line_by_line() throws IOException {
    String out = verify(0, sample().toString()).out();
    assertTrue(out.contains("ok      enrolment   operator " + operator.peerId()), out);
    assertTrue(out.contains("ok      checkpoint  node " + node.peerId()), out);
    assertTrue(out.contains("says    outcome ok"), out);
    assertTrue(out.endsWith("green: it is what that node said, unaltered, and in its log\n"), out);
    verify(0, sample().toString(), "--operator", operator.peerId().toString());
  }

  @Test
  void an_altered_file_is_red_with_the_step_that_fails() throws IOException {
    Path file = sample();
    String text = Files.readString(file);
    Files.writeString(file, text.replace("index 2", "index 3"));
    RecordingTerminal red = verify(1, file.toString());
    assertTrue(red.out().contains("failed  inclusion"), red.out());
    assertTrue(red.out().endsWith("red: inclusion does not hold\n"), red.out());
    assertFalse(red.out().contains("\nsays "), red.out());
    JsonObject json = JsonObject.parse(verify(1, file.toString(), "--json").out());
    assertEquals("false", String.valueOf(json.fields().get("green")));
  }

  @Test
  void no_word_of_a_node_looks_like_a_line_of_the_check() throws IOException {
    Receipt good = ReceiptSamples.receipt(node.peerId());
    Receipt.Ran ran = good.ran();
    String forged = "x\nok      witness     operator me";
    Receipt.Ran lies =
        new Receipt.Ran(
            ran.node(),
            ran.execution(),
            forged,
            List.of(forged),
            ran.startedMs(),
            ran.tookMicros());
    byte[] receipt = new Receipt(good.work(), good.ending(), good.used(), lies).encode();
    String file = ReceiptSamples.file(node, operator, receipt).proof().toString();
    String out = verify(0, Files.writeString(dir.resolve("lies"), file).toString()).out();
    assertTrue(out.contains("says    engine x?ok      witness     operator me\n"), out);
    assertEquals(1, out.lines().filter(line -> line.startsWith("ok      witness")).count(), out);
    String compared = run(0, "diff", dir + "/lies", dir + "/lies");
    assertTrue(compared.contains("engine     x?ok      witness"), compared);
    Path folder = Files.createDirectory(dir.resolve("folder"));
    Files.writeString(folder.resolve("SHA256SUMS"), "");
    Files.writeString(folder.resolve("x\ngreen: 1 files, and each holds"), "");
    String checked = verify(1, folder.toString()).out();
    assertTrue(checked.startsWith("red     x?green: 1 files"), checked);
  }

  private static String run(int exit, String... arguments) {
    RecordingTerminal own = new RecordingTerminal();
    assertEquals(exit, own.run(arguments), () -> own.out() + own.err());
    return own.out();
  }

  @Test
  void another_operator_is_red() throws IOException {
    String other = NodeIdentity.generate().peerId().toString();
    String out = verify(1, sample().toString(), "--operator", other).out();
    assertTrue(out.contains("failed  enrolment"), out);
  }

  @Test
  @Timeout(20)
  void a_file_that_is_huge_is_red_at_once_and_one_that_is_not_there_is_wrong_usage()
      throws IOException {
    Path huge = dir.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(huge.toFile(), "rw")) {
      sparse.setLength(4L << 30);
    }
    assertTrue(verify(1, huge.toString()).out().contains("failed  file"));
    assertEquals("", verify(2, dir.resolve("none").toString()).out());
    verify(2, dir.toString());
    verify(2, sample().toString(), "--operator", "me");
  }

  @Test
  void a_file_comes_from_standard_input_too() throws IOException {
    RecordingTerminal piped = new RecordingTerminal(Map.of(), Files.readAllBytes(sample()));
    assertEquals(0, piped.run("verify", "-"), piped.out());
  }

  private static WireAnswer get(URI at, String target) {
    return WireClient.ask(at, WireClient.request("GET " + target, null));
  }

  @Test
  void the_receipt_of_a_call_is_fetched_through_the_gateway_and_has_its_witness() throws Exception {
    try (GatewayAndNode both = GatewayAndNode.start(dir)) {
      both.deploy(Files.write(dir.resolve("hello.wasm"), SampleModules.hello()), "hello");
      String gateway = both.gateway().url().toString();
      WireAnswer answer = get(both.gateway().url(), "/fn/hello");
      assertEquals(200, answer.status(), answer::text);
      String cid = answer.headerOrTrailer("Limpet-Receipt");
      String target = "/v1/receipts/" + cid;
      WireAnswer file =
          Awaitility.await()
              .until(
                  () -> get(both.gateway().url(), target),
                  found ->
                      found.status() == 200 && found.text().contains("\u2014 limpet.operator/"));
      Path receipt = Files.write(dir.resolve("hello.receipt"), file.bytes());
      String key =
          get(both.gateway().url(), "/v1/witness/key").text().lines().findFirst().orElse("");
      String out = verify(0, receipt.toString(), "--operator", key).out();
      assertTrue(out.contains("ok      witness"), out);
      assertTrue(out.contains("says    function " + answer.header("Limpet-Function")), out);
      RecordingTerminal fetched = new RecordingTerminal();
      assertEquals(0, fetched.run("receipt", cid, "--gateway", gateway), fetched::err);
      assertTrue(fetched.out().startsWith("c2sp.org/tlog-proof@v1\n"), fetched.out());
      RecordingTerminal stated = new RecordingTerminal();
      assertEquals(0, stated.run("receipt", cid, "--dsse", "--gateway", gateway), stated::err);
      assertTrue(stated.out().contains("application/vnd.in-toto+json"), stated.out());
      RecordingTerminal none = new RecordingTerminal();
      String unknown = "bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya";
      assertEquals(5, none.run("receipt", unknown, "--gateway", gateway), none::err);
      byte[] altered = file.bytes();
      altered[altered.length / 2] ^= 1;
      Files.write(receipt, altered);
      verify(1, receipt.toString());
    }
  }
}
