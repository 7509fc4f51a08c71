package dev.limpet.gateway.receipt;

import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptFile;
import dev.limpet.protocol.receipt.ReceiptStatement;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.tlog.SignedNote;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * What the operator says of the keys of nodes that were let in. The first moment is remembered, so
 * that a statement which is made anew also holds for receipts of before.
 *
 * <p>Blocks; never called on an event loop.
 */
public final class Enrolments {
  /** How long a statement holds; a node asks for a new one each time it joins. */
  static final Duration VALID = Duration.ofDays(365);

  private final Database database;
  private final NodeIdentity operator;
  private final InstantSource clock;

  /** Statements with the operator's key. */
  public Enrolments(Database database, NodeIdentity operator, InstantSource clock) {
    this.database = database;
    this.operator = operator;
    this.clock = clock;
  }

  /** Whose statements these are. */
  public PeerId operator() {
    return operator.peerId();
  }

  /**
   * Says that a key is that of a node that was let in.
   *
   * @throws LimpetException {@code bad-request} when its region cannot be said in a line
   */
  public SignedNote enrol(KnownNode node) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant from = Instant.ofEpochSecond(since(node, now.getEpochSecond()));
    String label = node.toInfo().labels().getOrDefault(Enrolment.REGION_LABEL, "");
    String region = label.isBlank() ? Enrolment.NO_REGION : label;
    if (!Enrolment.isRegion(region)) {
      throw new LimpetException(
          ErrorCode.BAD_REQUEST,
          "the label region of "
              + node.name()
              + " is longer than "
              + Enrolment.MAX_REGION_CHARS
              + " characters or has control characters, so no enrolment says it");
    }
    Instant until = now.isBefore(from) ? from.plus(VALID) : now.plus(VALID);
    return new Enrolment(operator.peerId(), node.peerId(), node.name(), region, from, until)
        .sign(operator);
  }

  /**
   * States what a receipt says, for tools that read in-toto, when its file holds.
   *
   * @param file as a node gave it
   * @return a DSSE envelope with the operator's signature
   * @throws LimpetException {@code node-failed} when it does not hold, {@code not-supported} when
   *     there is no product to speak of
   */
  public byte[] state(byte[] file) {
    ReceiptVerifier.Trust trust = new ReceiptVerifier.Trust(operator.peerId(), null);
    Verification found = ReceiptVerifier.verify(file, trust, clock.instant());
    Receipt receipt = found.receipt();
    if (!found.isGreen() || receipt == null) {
      throw new LimpetException(
          ErrorCode.NODE_FAILED, "the file that the node gave does not hold; ask again");
    }
    if (receipt.ending().result() == null) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED, "the function had no success, so there is no product to state");
    }
    return ReceiptStatement.envelope(ReceiptFile.parse(file), operator);
  }

  private long since(KnownNode node, long now) {
    String key = node.peerId().toString();
    return database.write(
        connection -> {
          Database.update(
              connection,
              "INSERT OR IGNORE INTO enrolment (peer_id, name, since) VALUES (?, ?, ?)",
              key,
              node.name(),
              now);
          return Database.query(
                  connection,
                  "SELECT since FROM enrolment WHERE peer_id = ? AND name = ?",
                  row -> row.getLong(1),
                  key,
                  node.name())
              .getFirst();
        });
  }
}
