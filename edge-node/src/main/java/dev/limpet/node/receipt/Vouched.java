package dev.limpet.node.receipt;

import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.disk.SyncedFiles;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.NoteKey;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.SignedNote;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator says: that this node is one of its own, and how far it has seen the log. Both
 * are kept in files beside the log, so that receipts are proven as well while the gateway is away.
 * What does not hold is not kept; a statement of another operator makes that of the last one void.
 */
final class Vouched {
  private static final System.Logger LOG = System.getLogger(Vouched.class.getName());
  private static final String ENROLMENT = "enrolment";
  private static final String COSIGNED = "cosigned";

  private final Path dir;
  private final PeerId node;
  private volatile @Nullable SignedNote enrolment;
  private volatile ReceiptStore.@Nullable Head cosigned;

  private Vouched(Path dir, PeerId node) {
    this.dir = dir;
    this.node = node;
  }

  /** Reads what is there; what does not hold counts as nothing. */
  static Vouched open(Path dir, PeerId node, ReceiptStore.Head head) throws IOException {
    Vouched vouched = new Vouched(dir, node);
    try {
      SignedNote note = read(dir.resolve(ENROLMENT));
      vouched.enrolment = note == null ? null : vouched.checked(note);
      SignedNote seen = read(dir.resolve(COSIGNED));
      if (seen != null) {
        Checkpoint checkpoint = Checkpoint.parse(seen.text());
        boolean ours =
            checkpoint.origin().equals(head.checkpoint().origin())
                && checkpoint.size() <= head.size()
                && vouched.isCosigned(seen);
        vouched.cosigned = ours ? new ReceiptStore.Head(checkpoint, seen) : null;
      }
    } catch (IllegalArgumentException e) {
      LOG.log(Level.WARNING, "what the operator said of the log of receipts is unreadable", e);
    }
    return vouched;
  }

  private static @Nullable SignedNote read(Path file) throws IOException {
    return Files.exists(file) ? SignedNote.parse(Files.readString(file)) : null;
  }

  /** The note, when it is a statement about this node, signed by the operator that it names. */
  private SignedNote checked(SignedNote note) {
    Enrolment said = Enrolment.parse(note.text());
    if (!said.node().equals(node) || !said.isSignedIn(note)) {
      throw new IllegalArgumentException("this is no enrolment of this node");
    }
    return note;
  }

  private static PeerId operator(SignedNote enrolment) {
    return Enrolment.parse(enrolment.text()).operator();
  }

  private boolean isCosigned(SignedNote checkpoint) {
    SignedNote said = enrolment;
    if (said == null || checkpoint.signatures().size() != 2) {
      return false;
    }
    NoteKey key = Enrolment.cosigningKey(operator(said));
    return Cosignature.read(checkpoint.text(), checkpoint.signatures().getLast(), key) != null;
  }

  /** Takes what the operator says of this node. */
  void enrolled(SignedNote note) throws IOException {
    SignedNote before = enrolment;
    checked(note);
    SyncedFiles.replace(dir.resolve(ENROLMENT), note.toString().getBytes(StandardCharsets.UTF_8));
    if (before != null && !operator(before).equals(operator(note))) {
      SyncedFiles.remove(dir.resolve(COSIGNED));
      cosigned = null;
    }
    enrolment = note;
  }

  /** Takes a cosignature over a checkpoint of this node. */
  void cosigned(SignedNote checkpoint, NoteSignature signature) throws IOException {
    SignedNote both =
        new SignedNote(checkpoint.text(), List.of(checkpoint.signatures().getFirst(), signature));
    if (!isCosigned(both)) {
      throw new IllegalArgumentException("this is no cosignature by the operator of this node");
    }
    SyncedFiles.replace(dir.resolve(COSIGNED), both.toString().getBytes(StandardCharsets.UTF_8));
    cosigned = new ReceiptStore.Head(Checkpoint.parse(both.text()), both);
  }

  /** What the operator says of this node, or null. */
  @Nullable SignedNote enrolment() {
    return enrolment;
  }

  /** The last checkpoint that was cosigned, or null. */
  ReceiptStore.@Nullable Head cosigned() {
    return cosigned;
  }
}
