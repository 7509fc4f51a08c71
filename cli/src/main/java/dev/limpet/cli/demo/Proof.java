package dev.limpet.cli.demo;

import dev.limpet.protocol.Headers;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptComparison;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.ReceiptVerifier.Trust;
import dev.limpet.protocol.receipt.Verification;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps in which an answer is given again without a run and shown to be what the node said, and
 * in which another node says the same.
 */
final class Proof {
  private static final int OK = 200;

  /** Of a proof the line with the receipt. */
  private static final String EXTRA = "\nextra ";

  /** In base64 of what stands in that line before the receipt. */
  private static final int BEFORE_RECEIPT = 60;

  private final Story story;
  private final Stage stage;
  private @Nullable Receipt proven;

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
    proven = check(receipt);
    story.fact("do it yourself", "limpet receipt " + receipt + " > f; limpet verify f");
  }

  /**
   * Plays the work again where it has not run, and compares what the nodes say; both must have the
   * data, and {@link #play} comes before.
   */
  void replay() {
    Receipt first = Objects.requireNonNull(proven, "what ran first is known");
    story.step(
        "The same work once more, on the node that has not done it",
        "The nodes do not know what the other said: two receipts, which must say the same.");
    Answer again = hashed(Headers.AVOID, first);
    Receipt second = read(file(stage.client().receipt(again)));
    // Nobody asked the first run for the hash of its memory: its node is asked now.
    Receipt further = read(file(stage.client().receipt(hashed(Headers.NODE, first))));
    story.require(
        further.ran().node().equals(first.ran().node()), "the first node runs it once more");
    ReceiptComparison comparison =
        ReceiptComparison.of(first, second).with(ReceiptComparison.of(further, second));
    comparison.lines().stream()
        .filter(line -> line.verdict() == ReceiptComparison.Verdict.SAME)
        .forEach(line -> story.quote(line.what() + ": " + line.first()));
    story.fact("ran on", again.header(Headers.NODE) + ", the first time on another");
    story.fact(
        "verdict",
        comparison.agrees()
            ? "agrees: another node says the same"
            : "differs: " + comparison.differences());
    story.fact("do it yourself", "limpet replay " + Receipt.cidOf(first.encode()));
    story.require(
        !first.ran().node().equals(second.ran().node()), "the replay ran on the other node");
    story.require(comparison.agrees(), "both receipts say the same");
    story.require(second.used().memoryHash() != null, "the hash of the memory is compared");
  }

  /**
   * A run, on the node of a receipt or elsewhere as the header says, that has its memory hashed.
   */
  private Answer hashed(String where, Receipt first) {
    Answer answer =
        stage
            .client()
            .get(
                stage.target(),
                "Cache-Control",
                "no-store",
                Headers.MEMORY_HASH,
                "?1",
                where,
                first.ran().node().toString());
    story.require(answer.status() == OK, "the replay is answered, not " + answer.text());
    return answer;
  }

  private static Receipt read(byte[] file) {
    return Receipt.decode(ReceiptFile.parse(file).receipt().toBytes());
  }

  /** 202 until the node has signed its log, a fifth of a second after the run. */
  private byte[] file(String receipt) {
    return stage.client().getUntil("/v1/receipts/" + receipt, OK).body();
  }

  private Receipt check(String receipt) {
    byte[] file = file(receipt);
    String operator = stage.client().get("/v1/witness/key").lines().getFirst();
    Trust trust = new Trust(PeerId.parse(operator), null);
    Verification good = ReceiptVerifier.verify(file, trust, Instant.now());
    good.checks().forEach(check -> story.quote(check.step().text() + ": " + check.says()));
    story.require(good.isGreen(), "the receipt is green: " + good.checks());
    story.fact("verified", "green: all " + good.checks().size() + " steps hold");
    Verification forged = ReceiptVerifier.verify(otherDigit(file), trust, Instant.now());
    Optional<Verification.Check> red = forged.failed().stream().findFirst();
    red.ifPresent(
        check ->
            story.fact("one digit changed", "red: " + check.step().text() + ": " + check.says()));
    story.require(red.isPresent(), "a file with one digit changed is refused");
    return read(file);
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
