package dev.limpet.protocol.receipt;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Verification.Step;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.StoredLog;
import dev.limpet.protocol.tlog.TlogProof;
import dev.limpet.protocol.tlog.TreeHash;
import dev.limpet.protocol.tlog.TreeProofs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Files of receipts that are well formed, and of which one thing does not hold. */
public final class ReceiptForgeries {
  private final NodeIdentity node;
  private final NodeIdentity operator;
  private final TlogProof good;
  private final List<Forgery> all = new ArrayList<>();

  /**
   * A file.
   *
   * @param name what is wrong with it
   * @param file its bytes
   * @param step that does not hold
   */
  public record Forgery(String name, byte[] file, Step step) {}

  private ReceiptForgeries(NodeIdentity node, NodeIdentity operator, byte[] receipt) {
    this.node = node;
    this.operator = operator;
    this.good = ReceiptSamples.file(node, operator, receipt).proof();
  }

  /** Those made of the good file of a receipt of {@code node}. */
  public static List<Forgery> of(NodeIdentity node, NodeIdentity operator, byte[] receipt) {
    ReceiptForgeries forgeries = new ReceiptForgeries(node, operator, receipt);
    forgeries.receipts(receipt);
    forgeries.proofs();
    forgeries.checkpoints();
    forgeries.signatures();
    forgeries.times();
    return List.copyOf(forgeries.all);
  }

  private void add(String name, Step step, TlogProof proof) {
    all.add(new Forgery(name, proof.toString().getBytes(StandardCharsets.UTF_8), step));
  }

  private void add(String name, Step step, List<TreeHash> proof, SignedNote checkpoint) {
    add(name, step, new TlogProof(good.extra(), good.index(), proof, checkpoint));
  }

  private void receipts(byte[] receipt) {
    byte[] others = ReceiptSamples.receipt(NodeIdentity.generate().peerId()).encode();
    add("of another node", Step.NODE, ReceiptSamples.file(node, operator, others).proof());
    add("of a stranger", Step.ENROLMENT, ReceiptSamples.file(node, null, receipt).proof());
    byte[] none = {(byte) 0xa0};
    add("no receipt", Step.RECEIPT, ReceiptSamples.file(node, operator, none).proof());
    Receipt said = Receipt.decode(receipt);
    Receipt.Ran ran = said.ran();
    Receipt.Ran later =
        new Receipt.Ran(
            ran.node(),
            ran.execution(),
            ran.engine(),
            ran.grants(),
            ran.startedMs() + Duration.ofDays(3650).toMillis(),
            ran.tookMicros());
    byte[] future = new Receipt(said.work(), said.ending(), said.used(), later).encode();
    add("of the future", Step.TIME, ReceiptSamples.file(node, operator, future).proof());
  }

  private void proofs() {
    List<TreeHash> proof = good.proof();
    SignedNote note = good.checkpoint();
    add("reordered proof", Step.INCLUSION, proof.reversed(), note);
    add("shorter proof", Step.INCLUSION, proof.subList(1, proof.size()), note);
    List<TreeHash> longer = new ArrayList<>(proof);
    longer.add(proof.getFirst());
    add("longer proof", Step.INCLUSION, longer, note);
  }

  private void checkpoints() {
    Checkpoint own = Checkpoint.parse(good.checkpoint().text());
    Checkpoint named = new Checkpoint("limpet.receipts/other/abc", own.size(), own.root());
    SignedNote note = SignedNote.sign(named.text(), named.origin(), node);
    add("checkpoint of another log", Step.CHECKPOINT, good.proof(), note);
    StoredLog log = new StoredLog();
    for (int i = 0; i < 5; i++) {
      log.add(new byte[] {(byte) i});
    }
    String origin = ReceiptFile.origin(node.peerId(), "other");
    SignedNote second = SignedNote.sign(log.checkpoint(origin, 5).text(), origin, node);
    add("second log, first proof", Step.INCLUSION, good.proof(), second);
    add("second log, its proof", Step.INCLUSION, new TreeProofs(log).inclusion(2, 5), second);
    NodeIdentity other = NodeIdentity.generate();
    SignedNote forged = SignedNote.sign(own.text(), own.origin(), other);
    add("checkpoint by another key", Step.CHECKPOINT, good.proof(), forged);
  }

  private void signatures() {
    SignedNote note = good.checkpoint();
    NodeIdentity other = NodeIdentity.generate();
    Step step = Step.WITNESS;
    add(
        "unnamed witness",
        step,
        good.proof(),
        note.with(Cosignature.sign(note.text(), "other", other, ReceiptSamples.STARTED)));
    add("signed twice", step, good.proof(), note.with(note.signatures().getFirst()));
    add("seen twice", step, good.proof(), note.with(note.signatures().getLast()));
    SignedNote turned = new SignedNote(note.text(), note.signatures().reversed());
    add("turned signatures", step, good.proof(), turned);
  }

  private void times() {
    SignedNote note = good.checkpoint();
    SignedNote bare = new SignedNote(note.text(), List.of(note.signatures().getFirst()));
    String witness = Enrolment.keyName(operator.peerId());
    for (Duration off :
        List.of(Duration.ofDays(-2), Duration.ofDays(3650), Duration.ofMinutes(-30))) {
      SignedNote at =
          bare.with(
              Cosignature.sign(note.text(), witness, operator, ReceiptSamples.STARTED.plus(off)));
      add("seen " + off.toMinutes() + " minutes later", Step.TIME, good.proof(), at);
    }
  }
}
