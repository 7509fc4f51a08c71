package dev.limpet.gateway.receipt;

import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.NoteSignature;
import dev.limpet.protocol.tlog.ProofCheck;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Watches that the logs of nodes only grow (C2SP tlog-witness). What it cosigned is in the database
 * before anybody has the cosignature, so that it never vouches for two histories, whenever it is
 * killed. What a node signed that does not fit is kept as evidence and never forgotten.
 *
 * <p>Blocks; never called on an event loop.
 */
public final class Witness {
  /** Logs of one node; it begins a new one only when its folder is lost or was moved away. */
  static final int MAX_LOGS_A_NODE = 64;

  /** What is kept of each log that did not only grow; the first pieces say it all. */
  static final int MAX_EVIDENCE_A_LOG = 16;

  private static final System.Logger LOG = System.getLogger(Witness.class.getName());

  private final Database database;
  private final NodeIdentity operator;
  private final InstantSource clock;
  private final AtomicLong cosigned = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();

  /** What the witness says to a checkpoint. */
  public sealed interface Verdict {
    /**
     * It follows what was known.
     *
     * @param signature over the checkpoint
     */
    record Cosigned(NoteSignature signature) implements Verdict {}

    /**
     * The proof begins elsewhere, or the log is not larger than what is known.
     *
     * @param size that is known
     */
    record Elsewhere(long size) implements Verdict {}

    /**
     * The log does not contain what was known.
     *
     * @param detail what a person should know
     */
    record Forked(String detail) implements Verdict {}
  }

  /**
   * A piece of evidence.
   *
   * @param id its number here
   * @param node the key of the node
   * @param origin which log
   * @param kind {@code forked} or {@code shrank}
   * @param known what the witness had seen, signed by the node
   * @param offered what it was shown then, signed by the node
   * @param at when
   */
  public record Evidence(
      long id, String node, String origin, String kind, String known, String offered, Instant at) {}

  private record Known(Checkpoint checkpoint, String note) {}

  /** A witness with the operator's key. */
  public Witness(Database database, NodeIdentity operator, InstantSource clock) {
    this.database = database;
    this.operator = operator;
    this.clock = clock;
  }

  /** Checkpoints that were cosigned since the start. */
  public long cosigned() {
    return cosigned.get();
  }

  /** Checkpoints of logs that had not only grown, since the start. */
  public long refused() {
    return refused.get();
  }

  /**
   * Looks at a checkpoint of a node's log.
   *
   * @throws LimpetException when it is none, or not signed by that node
   */
  public Verdict look(PeerId node, WitnessRequest request) {
    Checkpoint offered = checkpoint(node, request.checkpoint());
    if (request.old() > offered.size()) {
      throw new LimpetException(ErrorCode.BAD_REQUEST, "the old size is beyond the new one");
    }
    Verdict verdict =
        database.write(connection -> look(connection, new Offer(node, offered, request)));
    switch (verdict) {
      case Verdict.Cosigned _ -> cosigned.incrementAndGet();
      case Verdict.Forked forked -> {
        refused.incrementAndGet();
        LOG.log(Level.WARNING, "the log of receipts {0}: {1}", offered.origin(), forked.detail());
      }
      case Verdict.Elsewhere _ -> {}
    }
    return verdict;
  }

  private static Checkpoint checkpoint(PeerId node, SignedNote note) {
    Checkpoint checkpoint;
    try {
      checkpoint = Checkpoint.parse(note.text());
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e);
    }
    if (!ReceiptFile.isOrigin(checkpoint.origin(), node)) {
      throw new LimpetException(ErrorCode.NOT_FOUND, "this is not the name of a log of this node");
    }
    if (!note.isSignedBy(checkpoint.key(node))) {
      throw new LimpetException(ErrorCode.BAD_SIGNATURE, "the node did not sign this checkpoint");
    }
    return checkpoint;
  }

  private record Offer(PeerId node, Checkpoint checkpoint, WitnessRequest request) {}

  private Verdict look(Connection connection, Offer offer) throws SQLException {
    Checkpoint offered = offer.checkpoint();
    Known known = known(connection, offered.origin());
    if (known != null) {
      if (offered.size() < known.checkpoint().size()) {
        return refuse(connection, offer, known, "shrank");
      }
      if (offered.size() == known.checkpoint().size()
          && !offered.root().equals(known.checkpoint().root())) {
        return refuse(connection, offer, known, "forked");
      }
    }
    long size = known == null ? 0 : known.checkpoint().size();
    if (offer.request().old() != size) {
      return new Verdict.Elsewhere(size);
    }
    if (known != null
        && !ProofCheck.isConsistent(known.checkpoint(), offered, offer.request().proof())) {
      return refuse(connection, offer, known, "forked");
    }
    save(connection, offer, known == null);
    String text = offer.request().checkpoint().text();
    String name = Enrolment.keyName(operator.peerId());
    return new Verdict.Cosigned(Cosignature.sign(text, name, operator, clock.instant()));
  }

  private static @Nullable Known known(Connection connection, String origin) throws SQLException {
    List<String> notes =
        Database.query(
            connection,
            "SELECT note FROM witnessed_log WHERE origin = ?",
            row -> row.getString(1),
            origin);
    if (notes.isEmpty()) {
      return null;
    }
    String note = notes.getFirst();
    return new Known(Checkpoint.parse(SignedNote.parse(note).text()), note);
  }

  private void save(Connection connection, Offer offer, boolean fresh) throws SQLException {
    String node = offer.node().toString();
    if (fresh) {
      long logs = count(connection, "SELECT COUNT(*) FROM witnessed_log WHERE node = ?", node);
      if (logs >= MAX_LOGS_A_NODE) {
        throw new LimpetException(ErrorCode.OVERLOADED, "this node has begun too many logs");
      }
      if (logs > 0) {
        LOG.log(
            Level.WARNING,
            "the node {0} has begun another log of receipts, {1}; what it has of its last one"
                + " nobody can say",
            node,
            offer.checkpoint().origin());
      }
    }
    SignedNote note = offer.request().checkpoint();
    Database.update(
        connection,
        "INSERT OR REPLACE INTO witnessed_log (origin, node, note, at) VALUES (?, ?, ?, ?)",
        offer.checkpoint().origin(),
        node,
        note.signedOnlyBy(offer.checkpoint().key(offer.node())).toString(),
        clock.millis());
  }

  private static long count(Connection connection, String sql, String of) throws SQLException {
    return Database.query(connection, sql, row -> row.getLong(1), of).getFirst();
  }

  private Verdict refuse(Connection connection, Offer offer, Known known, String kind)
      throws SQLException {
    String origin = offer.checkpoint().origin();
    long kept = count(connection, "SELECT COUNT(*) FROM log_evidence WHERE origin = ?", origin);
    if (kept < MAX_EVIDENCE_A_LOG) {
      Database.update(
          connection,
          "INSERT INTO log_evidence (origin, node, kind, known, offered, at)"
              + " VALUES (?, ?, ?, ?, ?, ?)",
          origin,
          offer.node().toString(),
          kind,
          known.note(),
          offer.request().checkpoint().toString(),
          clock.millis());
    }
    return new Verdict.Forked(
        "it "
            + kind
            + ": "
            + known.checkpoint().size()
            + " entries were seen, and the "
            + offer.checkpoint().size()
            + " that are shown now do not follow from them");
  }

  /** What is kept about the logs of a node that did not only grow. */
  public List<Evidence> evidence(PeerId node) {
    return evidence("WHERE node = ? ORDER BY id", node.toString());
  }

  /**
   * All of that, of all nodes.
   *
   * @param after the id of the last one that is known
   * @param limit how many at most
   */
  public List<Evidence> evidenceAfter(long after, int limit) {
    return evidence("WHERE id > ? ORDER BY id LIMIT " + limit, after);
  }

  private List<Evidence> evidence(String where, Object of) {
    return database.read(
        "SELECT id, node, origin, kind, known, offered, at FROM log_evidence " + where,
        row ->
            new Evidence(
                row.getLong(1),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                Instant.ofEpochMilli(row.getLong(7))),
        of);
  }
}
