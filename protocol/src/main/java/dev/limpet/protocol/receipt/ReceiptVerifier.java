package dev.limpet.protocol.receipt;

import dev.limpet.protocol.OneLine;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Verification.Check;
import dev.limpet.protocol.receipt.Verification.Result;
import dev.limpet.protocol.receipt.Verification.Step;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.NoteKey;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.ProofCheck;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.TreeHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks the file of a receipt, which may come from anybody. It never throws, reads nothing but the
 * bytes that it is given, and its time is bounded by their number and that of signatures.
 *
 * <p>Every byte of a file counts: what no step looks at must not be there. So a line of signature
 * by a key that the file does not name fails, though notes in general allow it.
 */
public final class ReceiptVerifier {
  /** How far clocks may be apart. */
  public static final Duration SKEW = Duration.ofMinutes(5);

  /** Longest sentence of a check; keys and CIDs are in it. */
  static final int MAX_SAYS_CHARS = 400;

  private final Trust trust;
  private final Instant now;
  private final List<Check> checks = new ArrayList<>();

  /**
   * Whose word counts.
   *
   * @param operator the operator's key; null takes the one that the file names
   * @param node the node's key, known from elsewhere; null when only an operator can vouch for it
   */
  public record Trust(@Nullable PeerId operator, @Nullable PeerId node) {}

  private ReceiptVerifier(Trust trust, Instant now) {
    this.trust = trust;
    this.now = now;
  }

  /**
   * Checks a file.
   *
   * @param file its bytes; more than {@link ReceiptFile#MAX_RECEIPT_FILE_BYTES} fail at once
   * @param trust whose word counts
   * @param now the time
   */
  public static Verification verify(byte[] file, Trust trust, Instant now) {
    return new ReceiptVerifier(trust, now).verify(file);
  }

  private Verification verify(byte[] bytes) {
    ReceiptFile file;
    Checkpoint checkpoint;
    try {
      file = ReceiptFile.parse(bytes);
      checkpoint = Checkpoint.parse(file.proof().checkpoint().text());
    } catch (IllegalArgumentException e) {
      return failed(Step.FILE, e);
    }
    ok(Step.FILE, "a proof of " + bytes.length + " bytes with a receipt in it");
    Receipt receipt;
    try {
      receipt = Receipt.decode(file.receipt().toBytes());
    } catch (IllegalArgumentException e) {
      return failed(Step.RECEIPT, e);
    }
    ok(Step.RECEIPT, Receipt.cidOf(file.receipt().toBytes()).toString());
    Enrolment enrolment = enrolment(file.enrolment());
    PeerId node = node(receipt, enrolment);
    checkpoint(file.proof().checkpoint(), checkpoint, node);
    inclusion(file, checkpoint);
    Instant seen = witness(file.proof().checkpoint(), checkpoint, enrolment);
    time(receipt, enrolment, seen);
    return new Verification(checks, receipt, enrolment == null ? null : enrolment.operator());
  }

  private @Nullable Enrolment enrolment(@Nullable SignedNote note) {
    if (note == null) {
      add(
          Step.ENROLMENT,
          trust.node() == null || trust.operator() != null ? Result.FAILED : Result.NOTE,
          "no operator vouches for the node's key");
      return null;
    }
    Enrolment enrolment;
    try {
      enrolment = Enrolment.parse(note.text());
    } catch (IllegalArgumentException e) {
      failed(Step.ENROLMENT, e);
      return null;
    }
    PeerId operator = enrolment.operator();
    if (trust.operator() != null && !trust.operator().equals(operator)) {
      add(
          Step.ENROLMENT,
          Result.FAILED,
          "it is by operator " + operator + ", not by " + trust.operator());
    } else if (!enrolment.isSignedIn(note)) {
      add(Step.ENROLMENT, Result.FAILED, "operator " + operator + " did not sign it");
    } else {
      ok(
          Step.ENROLMENT,
          "operator "
              + operator
              + " says that the node "
              + enrolment.name()
              + " has the key "
              + enrolment.node());
    }
    return enrolment;
  }

  private PeerId node(Receipt receipt, @Nullable Enrolment enrolment) {
    PeerId said = receipt.ran().node();
    PeerId known = trust.node();
    if (enrolment != null && !enrolment.node().equals(said)) {
      add(Step.NODE, Result.FAILED, "the receipt is of node " + said + ", which is not enrolled");
    } else if (known != null && !known.equals(said)) {
      add(Step.NODE, Result.FAILED, "the receipt is of node " + said + ", not of " + known);
    } else {
      ok(Step.NODE, "the receipt is of node " + said);
    }
    return said;
  }

  private void checkpoint(SignedNote note, Checkpoint checkpoint, PeerId node) {
    if (!ReceiptFile.isOrigin(checkpoint.origin(), node)) {
      add(Step.CHECKPOINT, Result.FAILED, "it is of another log: " + checkpoint.origin());
    } else if (!note.isSignedBy(checkpoint.key(node))) {
      add(Step.CHECKPOINT, Result.FAILED, "node " + node + " did not sign it");
    } else {
      ok(Step.CHECKPOINT, "node " + node + " signed its log of " + checkpoint.size() + " entries");
    }
  }

  private void inclusion(ReceiptFile file, Checkpoint checkpoint) {
    long index = file.proof().index();
    TreeHash root = ProofCheck.rootOf(file.leaf(), index, checkpoint.size(), file.proof().proof());
    if (root == null) {
      add(Step.INCLUSION, Result.FAILED, "the proof has not the length that the log's size asks");
    } else if (!root.equals(checkpoint.root())) {
      add(Step.INCLUSION, Result.FAILED, "the receipt is not entry " + index + " of that log");
    } else {
      ok(Step.INCLUSION, "the receipt is entry " + index + " of that log");
    }
  }

  /**
   * When a witness saw the checkpoint, or null. A file has one form: the node's signature, and
   * behind it perhaps the operator's.
   */
  private @Nullable Instant witness(
      SignedNote note, Checkpoint checkpoint, @Nullable Enrolment enrolment) {
    List<NoteSignature> signatures = note.signatures();
    boolean isOwn = signatures.getFirst().keyName().equals(checkpoint.origin());
    Cosignature said =
        enrolment == null || signatures.size() == 1
            ? null
            : cosignature(note, signatures.getLast(), enrolment);
    if (!isOwn || signatures.size() != (said == null ? 1 : 2)) {
      add(
          Step.WITNESS,
          Result.FAILED,
          "the signatures must be the node's and behind it perhaps the operator's, and no other");
    } else if (said == null || enrolment == null) {
      add(Step.WITNESS, Result.NOTE, "none; only the node says that this is its one log");
    } else {
      ok(Step.WITNESS, "operator " + enrolment.operator() + " saw this log at " + said.time());
    }
    return said == null ? null : said.time();
  }

  private static @Nullable Cosignature cosignature(
      SignedNote note, NoteSignature signature, Enrolment enrolment) {
    NoteKey key = Enrolment.cosigningKey(enrolment.operator());
    return Cosignature.read(note.text(), signature, key);
  }

  private void time(Receipt receipt, @Nullable Enrolment enrolment, @Nullable Instant seen) {
    Instant started = receipt.ran().started();
    Instant ended = receipt.ran().ended();
    Instant latest = now.plus(SKEW);
    if (ended.isAfter(latest) || (seen != null && seen.isAfter(latest))) {
      add(Step.TIME, Result.FAILED, "it says something that happened in the future");
    } else if (seen != null && ended.isAfter(seen.plus(SKEW))) {
      add(Step.TIME, Result.FAILED, "it ended after the witness had seen it in the log");
    } else if (enrolment != null && !enrolment.covers(seen == null ? started : seen)) {
      add(
          Step.TIME,
          Result.FAILED,
          "the enrolment holds from " + enrolment.from() + " until " + enrolment.until());
    } else {
      ok(Step.TIME, "started at " + started + " by the node's clock");
    }
  }

  private void ok(Step step, String says) {
    add(step, Result.OK, says);
  }

  private Verification failed(Step step, IllegalArgumentException e) {
    add(step, Result.FAILED, e.getMessage() == null ? "it cannot be read" : e.getMessage());
    return new Verification(checks, null, null);
  }

  private void add(Step step, Result result, String says) {
    checks.add(new Check(step, result, OneLine.of(says, MAX_SAYS_CHARS)));
  }
}
