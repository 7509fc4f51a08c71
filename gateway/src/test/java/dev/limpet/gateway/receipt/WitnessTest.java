package dev.limpet.gateway.receipt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.receipt.Witness.Verdict;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.StoredLog;
import dev.limpet.protocol.tlog.TreeHash;
import dev.limpet.protocol.tlog.TreeProofs;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WitnessTest {
  private static final Instant NOW = Instant.parse("2026-11-26T20:00:00Z");

  @TempDir private Path dir;
  private final NodeIdentity operator = NodeIdentity.generate();
  private final NodeIdentity node = NodeIdentity.generate();
  private final String origin = ReceiptFile.origin(node.peerId(), "a");
  private Database database;
  private Witness witness;

  @BeforeEach
  void open() {
    database = Database.open(dir.resolve("gateway.db"));
    witness = new Witness(database, operator, () -> NOW);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static StoredLog log(int entries, int forkAt) {
    StoredLog log = new StoredLog();
    for (int i = 0; i < entries; i++) {
      log.add(new byte[] {(byte) i, (byte) (i >= forkAt ? 1 : 0)});
    }
    return log;
  }

  private WitnessRequest request(StoredLog log, long old, long size) {
    return request(log, origin, node, List.of(old, size));
  }

  private static WitnessRequest request(
      StoredLog log, String name, NodeIdentity signer, List<Long> sizes) {
    Checkpoint checkpoint = log.checkpoint(name, sizes.getLast());
    return new WitnessRequest(
        sizes.getFirst(),
        new TreeProofs(log).consistency(sizes.getFirst(), sizes.getLast()),
        SignedNote.sign(checkpoint.text(), name, signer));
  }

  private Verdict look(WitnessRequest request) {
    return witness.look(node.peerId(), request);
  }

  @Test
  void a_log_that_grows_is_cosigned_with_the_time() {
    StoredLog log = log(9, 99);
    for (List<Integer> step : List.of(List.of(0, 4), List.of(4, 9), List.of(9, 9))) {
      WitnessRequest request = request(log, step.getFirst(), step.getLast());
      Verdict.Cosigned cosigned = assertInstanceOf(Verdict.Cosigned.class, look(request));
      String name = Enrolment.keyName(operator.peerId());
      Cosignature read =
          Cosignature.read(
              request.checkpoint().text(),
              cosigned.signature(),
              Cosignature.key(name, operator.peerId()));
      assertEquals(NOW, assertNotNullTime(read));
    }
    assertEquals(3, witness.cosigned());
  }

  private static Instant assertNotNullTime(@org.jspecify.annotations.Nullable Cosignature read) {
    assertNotNull(read);
    return read.time();
  }

  @Test
  void a_request_that_begins_elsewhere_is_told_where_to_begin() {
    look(request(log(4, 99), 0, 4));
    StoredLog log = log(9, 99);
    assertEquals(new Verdict.Elsewhere(4), look(request(log, 0, 9)));
    assertEquals(new Verdict.Elsewhere(4), look(request(log, 5, 9)));
    assertInstanceOf(Verdict.Cosigned.class, look(request(log, 4, 9)));
  }

  @Test
  void a_log_that_forked_or_shrank_is_refused_and_both_its_words_are_kept_over_a_restart() {
    WitnessRequest first = request(log(8, 99), 0, 8);
    look(first);
    WitnessRequest grown = request(log(12, 5), 8, 12);
    WitnessRequest same = request(log(8, 5), 8, 8);
    WitnessRequest shorter = request(log(8, 99), 0, 6);
    for (WitnessRequest bad : List.of(grown, same, shorter)) {
      assertInstanceOf(Verdict.Forked.class, look(bad));
    }
    assertEquals(3, witness.refused());
    database.close();
    open();
    List<Witness.Evidence> kept = witness.evidence(node.peerId());
    assertEquals(
        List.of("forked", "forked", "shrank"), kept.stream().map(Witness.Evidence::kind).toList());
    assertEquals(first.checkpoint().toString(), kept.getFirst().known());
    assertEquals(grown.checkpoint().toString(), kept.getFirst().offered());
    List<Witness.Evidence> two = witness.evidenceAfter(0, 2);
    assertEquals(kept.subList(0, 2), two);
    assertEquals(kept.subList(2, 3), witness.evidenceAfter(two.getLast().id(), 2));
    assertInstanceOf(Verdict.Forked.class, look(grown));
    assertInstanceOf(Verdict.Cosigned.class, look(request(log(9, 99), 8, 9)));
  }

  @Test
  void evidence_has_the_signature_of_the_node_wherever_in_its_note_that_stood() {
    WitnessRequest plain = request(log(8, 99), 0, 8);
    SignedNote note = plain.checkpoint();
    NoteSignature others =
        SignedNote.sign(note.text(), "someone", NodeIdentity.generate()).signatures().getFirst();
    SignedNote behind = new SignedNote(note.text(), List.of(others, note.signatures().getFirst()));
    assertInstanceOf(Verdict.Cosigned.class, look(new WitnessRequest(0, List.of(), behind)));
    assertInstanceOf(Verdict.Forked.class, look(request(log(8, 5), 8, 8)));
    assertEquals(note.toString(), witness.evidence(node.peerId()).getFirst().known());
  }

  @Test
  void evidence_of_one_log_does_not_fill_the_disk() {
    look(request(log(8, 99), 0, 8));
    for (int i = 0; i < Witness.MAX_EVIDENCE_A_LOG + 5; i++) {
      look(request(log(8, 5), 8, 8));
    }
    assertEquals(Witness.MAX_EVIDENCE_A_LOG, witness.evidence(node.peerId()).size());
  }

  @Test
  void a_proof_that_does_not_fit_is_no_growth() {
    StoredLog log = log(9, 99);
    look(request(log, 0, 4));
    WitnessRequest good = request(log, 4, 9);
    WitnessRequest bad = new WitnessRequest(4, List.of(TreeHash.EMPTY), good.checkpoint());
    assertInstanceOf(Verdict.Forked.class, look(bad));
    assertInstanceOf(Verdict.Cosigned.class, look(good));
  }

  @Test
  void a_log_of_another_node_or_signed_by_another_key_is_refused() {
    StoredLog log = log(3, 99);
    NodeIdentity other = NodeIdentity.generate();
    refused(ErrorCode.BAD_SIGNATURE, request(log, origin, other, List.of(0L, 3L)));
    String others = ReceiptFile.origin(other.peerId(), "a");
    refused(ErrorCode.NOT_FOUND, request(log, others, node, List.of(0L, 3L)));
    SignedNote noCheckpoint = SignedNote.sign("nonsense\n", origin, node);
    refused(ErrorCode.BAD_REQUEST, new WitnessRequest(0, List.of(), noCheckpoint));
    refused(
        ErrorCode.BAD_REQUEST, new WitnessRequest(4, List.of(), request(log, 0, 3).checkpoint()));
  }

  private void refused(ErrorCode code, WitnessRequest request) {
    assertEquals(code, assertThrows(LimpetException.class, () -> look(request)).code());
  }

  @Test
  void a_node_has_a_bounded_number_of_logs() {
    StoredLog log = log(1, 99);
    for (int i = 0; i < Witness.MAX_LOGS_A_NODE; i++) {
      String name = ReceiptFile.origin(node.peerId(), "log" + i);
      assertInstanceOf(Verdict.Cosigned.class, look(request(log, name, node, List.of(0L, 1L))));
    }
    refused(ErrorCode.OVERLOADED, request(log, 0, 1));
    assertTrue(witness.evidence(node.peerId()).isEmpty());
  }
}
