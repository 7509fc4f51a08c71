package dev.limpet.cli.demo;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.ReceiptVerifier.Trust;
import dev.limpet.protocol.receipt.Verification;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/** The step in which an answer is given again without a run, and shown to be what the node said. */
final class Proof {
  private static final int OK = 200;

  /** Of a proof the line with the receipt. */
  private static final String EXTRA = "\nextra ";

  /** In base64 of what stands in that line before the receipt. */
  private static final int BEFORE_RECEIPT = 60;

  private final Story story;
  private final Stage stage;

  Proof(Story story, Stage stage) {
    this.story = story;
    this.stage = stage;
  }

  /**
   * Plays it.
   *
   * @param first what the question was answered with before
   */
  void play(Answer first) {
    story.step(
        "The same question once more; nothing runs, and a receipt shows what did",
        "A Task with a CID is done once. Who doubts the answer checks it, without a network.");
    Answer again = stage.client().get(stage.target());
    story.fact(
        "answer",
        Headers.MEMO
            + ": "
            + again.header(Headers.MEMO)
            + ", "
            + again.millis()
            + " ms, same bytes");
    story.require(again.header(Headers.MEMO).equals("hit"), "the answer is remembered");
    story.require(Arrays.equals(again.body(), first.body()), "the answer is the same as before");
    String receipt = again.header(Headers.RECEIPT);
    story.fact("receipt", receipt);
    story.require(!receipt.isEmpty(), "an answer from memory names the receipt of its run");
    check(receipt);
    story.fact("do it yourself", "limpet receipt " + receipt + " > f; limpet verify f");
  }

  private void check(String receipt) {
    // 202 until the node has signed its log, a fifth of a second after the run.
    byte[] file = stage.client().getUntil("/v1/receipts/" + receipt, OK).body();
    String operator = stage.client().get("/v1/witness/key").lines().getFirst();
    Trust trust = new Trust(PeerId.parse(operator), null);
    Verification good = ReceiptVerifier.verify(file, trust, Instant.now());
    good.checks().forEach(check -> story.quote(check.step().text() + ": " + check.says()));
    story.require(good.isGreen(), "the receipt is green: " + good.checks());
    story.fact("verified", "green: all " + good.checks().size() + " steps hold");
    Verification forged = ReceiptVerifier.verify(otherDigit(file), trust, Instant.now());
    Optional<Verification.Check> red =
        forged.checks().stream()
            .filter(check -> check.result() == Verification.Result.FAILED)
            .findFirst();
    red.ifPresent(
        check ->
            story.fact("one digit changed", "red: " + check.step().text() + ": " + check.says()));
    story.require(red.isPresent(), "a file with one digit changed is refused");
  }

  /**
   * The file of a receipt with another digit in the line that holds the receipt.
   *
   * @throws IllegalArgumentException when there is no digit in it
   */
  static byte[] otherDigit(byte[] file) {
    byte[] forged = file.clone();
    int line = new String(file, StandardCharsets.ISO_8859_1).indexOf(EXTRA);
    int receipt = line < 0 ? file.length : line + EXTRA.length() + BEFORE_RECEIPT;
    for (int i = receipt; i < file.length; i++) {
      if (forged[i] >= '0' && forged[i] <= '9') {
        forged[i] = (byte) (forged[i] == '9' ? '0' : forged[i] + 1);
        return forged;
      }
    }
    throw new IllegalArgumentException("there is no digit in this receipt");
  }
}
