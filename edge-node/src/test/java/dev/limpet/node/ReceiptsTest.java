package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.unixfs.PassingFile;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.wasmgate.SampleModules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What each Execution leaves behind, as its node shows it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReceiptsTest {
  private Path dir = Path.of("");
  private NodeUnderTest node;

  @BeforeAll
  void start(@TempDir Path fresh) {
    dir = fresh.resolve("node");
    node = NodeUnderTest.holding(dir);
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private TestCall call(SampleFunction function) {
    assertEquals(204, function.pushTo(node.url()).status());
    return TestCall.of(function);
  }

  private WireAnswer settled(String receipt) {
    return Awaitility.await()
        .until(
            () -> node.ask("GET /v1/receipts/" + receipt),
            answer -> {
              assertTrue(answer.status() != 202 || "1".equals(answer.header("Retry-After")));
              return answer.status() != 202;
            });
  }

  private Receipt verified(String receipt) throws IOException {
    WireAnswer answer = settled(receipt);
    assertEquals(200, answer.status(), answer::text);
    Verification verification =
        ReceiptVerifier.verify(
            answer.bytes(),
            new ReceiptVerifier.Trust(
                null, NodeIdentity.loadOrCreate(dir.resolve("identity.key")).peerId()),
            Instant.now());
    assertTrue(verification.isGreen(), () -> verification.checks().toString());
    assertTrue(verification.checks().toString().contains(receipt));
    return Objects.requireNonNull(verification.receipt());
  }

  @Test
  void a_call_promises_a_receipt_that_says_what_ran_and_what_came_out() throws IOException {
    ExecutionId id = ExecutionId.random();
    SampleFunction echo = SampleFunction.of(SampleModules.echo());
    byte[] body = "one two two".getBytes(StandardCharsets.UTF_8);
    WireAnswer answer = call(echo).method("POST").body(body).execution(id).ask(node);
    assertEquals(200, answer.status(), answer::text);
    Receipt receipt = verified(answer.headerOrTrailer("Limpet-Receipt"));
    assertEquals(answer.headerOrTrailer("Limpet-Task"), String.valueOf(receipt.work().task()));
    assertEquals(
        receipt.work().task(), Cid.of(Multicodec.DAG_CBOR, receipt.work().form().toBytes()));
    assertEquals(id, receipt.ran().execution());
    assertEquals(ReceiptOutcome.OK, receipt.ending().outcome());
    byte[] bytes = answer.bytes();
    Receipt.Result result = Objects.requireNonNull(receipt.ending().result());
    assertEquals(PassingFile.cidOf(bytes, 0, bytes.length), result.body());
    assertEquals(bytes.length, result.size());
    assertTrue(receipt.used().fuel() > 0 && receipt.used().memory() > 0);
  }

  @Test
  void an_answer_that_streams_has_its_receipt_in_the_trailers() throws IOException {
    byte[] body = SampleDag.bytes(1, 3 << 20);
    WireAnswer answer =
        call(SampleFunction.of(SampleModules.echo())).method("POST").body(body).ask(node);
    Receipt receipt = verified(answer.trailer("Limpet-Receipt").orElse(""));
    Receipt.Result result = Objects.requireNonNull(receipt.ending().result());
    assertEquals(PassingFile.cidOf(body, 0, body.length), result.body());
    assertEquals(answer.trailer("Limpet-Task").orElse(""), String.valueOf(receipt.work().task()));
  }

  @Test
  void an_answer_that_is_given_again_has_the_receipt_of_the_run_that_made_it() throws IOException {
    SampleFunction echo = SampleFunction.of(SampleModules.echo());
    ExecutionId first = ExecutionId.random();
    WireAnswer ran = call(echo).execution(first).ask(node);
    WireAnswer again = call(echo).ask(node);
    assertEquals("hit", again.header("Limpet-Memo"));
    assertEquals(ran.headerOrTrailer("Limpet-Receipt"), again.headerOrTrailer("Limpet-Receipt"));
    assertEquals(first, verified(again.headerOrTrailer("Limpet-Receipt")).ran().execution());
  }

  @Test
  void the_hash_of_the_memory_is_in_the_receipt_of_a_call_that_asks_and_no_kept_one_will_do()
      throws IOException {
    SampleFunction echo = SampleFunction.of(SampleModules.printsArguments());
    WireAnswer plain = call(echo).ask(node);
    assertNull(verified(plain.headerOrTrailer("Limpet-Receipt")).used().memoryHash());
    assertEquals("hit", call(echo).ask(node).header("Limpet-Memo"));
    WireAnswer asked = call(echo).memoryHash().ask(node);
    ByteString hash = verified(asked.headerOrTrailer("Limpet-Receipt")).used().memoryHash();
    assertNotNull(hash);
    WireAnswer again = call(echo).memoryHash().ask(node);
    assertEquals(hash, verified(again.headerOrTrailer("Limpet-Receipt")).used().memoryHash());
    TestCall other = call(echo).arguments("other").memoryHash();
    ByteString differs =
        verified(other.ask(node).headerOrTrailer("Limpet-Receipt")).used().memoryHash();
    assertNotEquals(hash, differs);
    SampleFunction traps = SampleFunction.of(SampleModules.traps());
    assertNotNull(ofFailure(502, call(traps).memoryHash()).used().memoryHash());
    SampleFunction slow = SampleFunction.of(SampleModules.loopsForever());
    assertNull(ofFailure(504, call(slow).memoryHash().timeoutMs(1000)).used().memoryHash());
  }

  private Receipt ofFailure(int status, TestCall call) throws IOException {
    WireAnswer answer = call.ask(node);
    assertEquals(status, answer.status(), answer::text);
    Receipt receipt = verified(answer.headerOrTrailer("Limpet-Receipt"));
    assertNull(receipt.ending().result());
    return receipt;
  }

  @Test
  void a_run_that_failed_names_its_receipt_beside_the_problem() throws IOException {
    Receipt exited = ofFailure(502, call(SampleFunction.of(SampleModules.exitsWith(3))));
    assertEquals(ReceiptOutcome.EXITED, exited.ending().outcome());
    assertEquals(3, exited.ending().code());
    SampleFunction loop =
        SampleFunction.of(SampleModules.loopsForever(), ",\"limits\":{\"fuel\":100000}");
    assertEquals(ReceiptOutcome.OUT_OF_FUEL, ofFailure(504, call(loop)).ending().outcome());
    SampleFunction slow = SampleFunction.of(SampleModules.loopsForever());
    Receipt late = ofFailure(504, call(slow).timeoutMs(1000));
    assertEquals(ReceiptOutcome.OUT_OF_TIME, late.ending().outcome());
    SampleFunction begun = SampleFunction.of(SampleModules.writesThenTraps(5));
    assertEquals(ReceiptOutcome.TRAPPED, ofFailure(502, call(begun)).ending().outcome());
  }

  @Test
  void a_trap_that_is_told_again_names_the_receipt_of_the_run_that_trapped() throws IOException {
    SampleFunction traps = SampleFunction.of(SampleModules.traps());
    ExecutionId first = ExecutionId.random();
    Receipt ran = ofFailure(502, call(traps).execution(first));
    assertEquals(first, ran.ran().execution());
    assertEquals(first, ofFailure(502, call(traps)).ran().execution());
  }

  @Test
  void a_problem_without_a_run_names_no_receipt() {
    WireAnswer refused = call(SampleFunction.of(SampleModules.echo())).path("/below").ask(node);
    assertEquals(400, refused.status(), refused::text);
    assertEquals("", refused.headerOrTrailer("Limpet-Receipt"));
  }

  @Test
  void a_receipt_that_nobody_promised_is_not_found() {
    WireAnswer none = settled("bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya");
    assertEquals(404, none.status());
    assertEquals("receipt-not-found", none.header("Limpet-Error"));
    assertEquals(400, node.ask("GET /v1/receipts/nonsense").status());
    assertEquals(405, node.ask("POST /v1/receipts/nonsense", "Content-Length: 0").status());
  }

  @Test
  void receipts_go_to_nobody_who_may_not_inspect_the_node(@TempDir Path fresh) throws IOException {
    Path token = fresh.resolve("token");
    Files.writeString(token, "the-management-token");
    Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
    try (NodeUnderTest guarded =
        NodeUnderTest.start(fresh.resolve("node"), "token-file=" + token)) {
      String question =
          "GET /v1/receipts/bafyreifv4u6dyzpfw6ozcax4qvxwx2cgveu5svkyi7avrudo7yciabucya";
      assertEquals(401, guarded.ask(question).status());
      WireAnswer owner = guarded.ask(question, "Authorization: Bearer the-management-token");
      assertEquals(404, owner.status());
    }
  }

  @Test
  void a_node_without_room_for_receipts_promises_none(@TempDir Path fresh) {
    try (NodeUnderTest none = NodeUnderTest.start(fresh.resolve("n"), "receipt-quota=0")) {
      SampleFunction words = SampleFunction.of(SampleModules.echo());
      assertEquals(204, words.pushTo(none.url()).status());
      WireAnswer answer = TestCall.of(words).ask(none);
      assertEquals(200, answer.status(), answer::text);
      assertEquals("", answer.headerOrTrailer("Limpet-Receipt"));
      assertFalse(fresh.resolve("n/receipts").toFile().exists());
    }
  }
}
