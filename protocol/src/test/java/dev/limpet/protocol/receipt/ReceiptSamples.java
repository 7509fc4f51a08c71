package dev.limpet.protocol.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.Samples;
import dev.limpet.protocol.Task;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.StoredLog;
import dev.limpet.protocol.tlog.TlogProof;
import dev.limpet.protocol.tlog.TreeProofs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Receipts, and files that prove them. */
public final class ReceiptSamples {
  /** When the receipt of {@link #receipt} started. */
  public static final Instant STARTED = Instant.parse("2026-11-26T20:00:00Z");

  private static final int NONCE_BYTE = 7;

  private ReceiptSamples() {}

  /** A receipt of a node. */
  public static Receipt receipt(PeerId node) {
    Task task =
        new Task(
            FunctionManifest.ofModule(Samples.MODULE, Abi.COMMAND).cid(),
            List.of(Samples.DATA),
            "GET",
            "pure-1",
            "",
            List.of("--top", "5"),
            "",
            Map.of(),
            null,
            null);
    byte[] body = "an answer\n".getBytes(StandardCharsets.UTF_8);
    return new Receipt(
        new Receipt.Work(
            task.cid(), ByteString.of(task.encode()), List.of(Samples.DATA + "/2015.csv")),
        new Receipt.Ending(
            ReceiptOutcome.OK,
            null,
            null,
            new Receipt.Result(Cid.of(Multicodec.RAW, body), body.length, 200, null)),
        new Receipt.Used(123_456, 2 << 20, 1 << 20, 1, 0),
        new Receipt.Ran(
            node,
            ExecutionId.random(),
            "engine-1/pass-1",
            List.of(),
            STARTED.toEpochMilli(),
            1500));
  }

  /** The same of a call that asked for the hash of its memory, which has this byte everywhere. */
  public static Receipt hashed(Receipt receipt, int every) {
    byte[] hash = new byte[Receipt.MEMORY_HASH_BYTES];
    Arrays.fill(hash, (byte) every);
    Receipt.Used used = receipt.used();
    Receipt.Used more =
        new Receipt.Used(
            used.fuel(),
            used.memory(),
            used.read(),
            used.blocks(),
            used.fetched(),
            ByteString.of(hash));
    return new Receipt(receipt.work(), receipt.ending(), more, receipt.ran());
  }

  /** What an operator says about a node. */
  public static SignedNote enrolment(NodeIdentity operator, PeerId node) {
    return new Enrolment(
            operator.peerId(),
            node,
            "pi-1",
            "eu-west",
            STARTED.minus(Duration.ofDays(1)),
            STARTED.plus(Duration.ofDays(365)))
        .sign(operator);
  }

  /** The file of a receipt that is the third of five in its log. */
  public static ReceiptFile file(
      NodeIdentity node, @Nullable NodeIdentity operator, byte[] receipt) {
    byte[] nonce = new byte[ReceiptFile.NONCE_BYTES];
    nonce[0] = NONCE_BYTE;
    StoredLog log = new StoredLog().add(new byte[1]).add(new byte[2]);
    log.add(ReceiptFile.entry(nonce, receipt)).add(new byte[1]).add(new byte[2]);
    String origin = ReceiptFile.origin(node.peerId(), "abc");
    Checkpoint checkpoint = log.checkpoint(origin, 5);
    SignedNote note = SignedNote.sign(checkpoint.text(), origin, node);
    SignedNote enrolment = null;
    if (operator != null) {
      String witness = Enrolment.keyName(operator.peerId());
      note = note.with(Cosignature.sign(note.text(), witness, operator, STARTED.plusSeconds(1)));
      enrolment = enrolment(operator, node.peerId());
    }
    TlogProof proof =
        new TlogProof(
            ReceiptFile.extra(receipt, nonce, enrolment),
            2,
            new TreeProofs(log).inclusion(2, 5),
            note);
    return new ReceiptFile(ByteString.of(receipt), ByteString.of(nonce), enrolment, proof);
  }
}
