package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.PeerId;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the gateway remembers of its nodes across a restart: whose each name is, and the roots that
 * it announced. So a gateway that has just started answers "its holders are away" for data that it
 * knew, and not "nobody has this data". Entries inside of roots are not kept: the node announces
 * them again when it joins, and until then it could not be asked anyway.
 */
public final class KnownRoots {
  private static final Comparator<Object[]> BY_CID =
      (one, other) -> Arrays.compareUnsigned((byte[]) one[1], (byte[]) other[1]);

  private final Database database;

  /** A node as it was last known. */
  record Remembered(String name, PeerId peerId, URI url, Instant lastSeen, Standing standing) {}

  /** A root as its node announced it. */
  record RememberedRoot(String node, Holding holding) {}

  /** Keeps them in this database. */
  public KnownRoots(Database database) {
    this.database = database;
  }

  List<Remembered> nodes() {
    return database.read(
        "SELECT name, peer_id, url, last_seen, standing FROM node",
        row ->
            new Remembered(
                row.getString(1),
                PeerId.parse(row.getString(2)),
                URI.create(row.getString(3)),
                Instant.ofEpochMilli(row.getLong(4)),
                Standing.parse(row.getString(5))));
  }

  List<RememberedRoot> roots() {
    return database.read(
        "SELECT node, cid, size, dag_size, complete FROM root",
        row ->
            new RememberedRoot(
                row.getString(1),
                new Holding(
                    Cid.decode(row.getBytes(2)),
                    row.getLong(3),
                    row.getLong(4),
                    row.getBoolean(5),
                    HoldingKind.ROOT)));
  }

  /** A node has joined, left, or was lost from sight. */
  void saveNode(KnownNode node, URI url) {
    database.write(
        connection ->
            Database.update(
                connection,
                "INSERT INTO node (name, peer_id, url, last_seen, standing) VALUES (?, ?, ?, ?, ?)"
                    + " ON CONFLICT (name) DO UPDATE"
                    + " SET url = excluded.url, last_seen = excluded.last_seen",
                node.name(),
                node.peerId().toString(),
                url.toString(),
                node.lastSeen().toEpochMilli(),
                node.standing().text()));
  }

  /** People decided about a node; a key that was revoked is no longer. */
  void saveStanding(KnownNode node, Standing standing) {
    database.write(
        connection -> {
          setStanding(connection, node, standing);
          return Database.update(
              connection, "DELETE FROM revoked_key WHERE peer_id = ?", node.peerId().toString());
        });
  }

  /** Remembers that a node was thrown out, and its key, and forgets what it held. */
  void revoke(KnownNode node, Instant now) {
    database.write(
        connection -> {
          setStanding(connection, node, Standing.REVOKED);
          Database.update(connection, "DELETE FROM root WHERE node = ?", node.name());
          return Database.update(
              connection,
              "INSERT OR REPLACE INTO revoked_key (peer_id, name, at) VALUES (?, ?, ?)",
              node.peerId().toString(),
              node.name(),
              now.toEpochMilli());
        });
  }

  private static void setStanding(Connection connection, KnownNode node, Standing standing)
      throws SQLException {
    Database.update(
        connection, "UPDATE node SET standing = ? WHERE name = ?", standing.text(), node.name());
  }

  /** The keys that are refused. */
  List<PeerId> revokedKeys() {
    return database.read("SELECT peer_id FROM revoked_key", row -> PeerId.parse(row.getString(1)));
  }

  /** Forgets a node and its roots. */
  void removeNode(String name) {
    database.write(
        connection -> Database.update(connection, "DELETE FROM node WHERE name = ?", name));
  }

  /**
   * Makes the roots among {@code holdings} all that are remembered of a node. Written is what is
   * new: most nodes come back with what they had, and reading that costs a tenth.
   */
  void replace(KnownNode node, Collection<Holding> holdings) {
    Map<Cid, Holding> wanted = new HashMap<>();
    for (Holding holding : holdings) {
      if (holding.kind() == HoldingKind.ROOT) {
        wanted.put(holding.cid().toV1(), holding);
      }
    }
    database.write(
        connection -> {
          List<Cid> gone = new ArrayList<>();
          for (Holding before : roots(connection, node)) {
            Holding now = wanted.get(before.cid());
            if (now == null) {
              gone.add(before.cid());
            } else if (isSame(before, now)) {
              wanted.remove(before.cid());
            }
          }
          delete(connection, node, gone);
          insert(connection, node, wanted.values());
          return null;
        });
  }

  private static List<Holding> roots(Connection connection, KnownNode node) throws SQLException {
    return Database.query(
        connection,
        "SELECT cid, size, dag_size, complete FROM root WHERE node = ?",
        row ->
            new Holding(
                Cid.decode(row.getBytes(1)),
                row.getLong(2),
                row.getLong(3),
                row.getBoolean(4),
                HoldingKind.ROOT),
        node.name());
  }

  private static boolean isSame(Holding before, Holding now) {
    return before.size() == now.size()
        && before.dagSize() == now.dagSize()
        && before.complete() == now.complete();
  }

  /** Changes what is remembered of a node; nothing is written when no root is among it. */
  void change(KnownNode node, Collection<Holding> added, Collection<Cid> removed) {
    boolean roots = added.stream().anyMatch(holding -> holding.kind() == HoldingKind.ROOT);
    if (!roots && removed.isEmpty()) {
      return;
    }
    database.write(
        connection -> {
          delete(connection, node, removed);
          insert(connection, node, added);
          return null;
        });
  }

  private static void delete(Connection connection, KnownNode node, Collection<Cid> removed)
      throws SQLException {
    Database.updateEach(
        connection,
        "DELETE FROM root WHERE node = ? AND cid = ?",
        removed.stream().map(cid -> new Object[] {node.name(), cid.toV1().toBytes()}));
  }

  private static void insert(Connection connection, KnownNode node, Collection<Holding> holdings)
      throws SQLException {
    Database.updateEach(
        connection,
        "INSERT OR REPLACE INTO root (node, cid, size, dag_size, complete) VALUES (?, ?, ?, ?, ?)",
        holdings.stream()
            .filter(holding -> holding.kind() == HoldingKind.ROOT)
            .map(
                holding ->
                    new Object[] {
                      node.name(),
                      holding.cid().toV1().toBytes(),
                      holding.size(),
                      holding.dagSize(),
                      holding.complete() ? 1 : 0
                    })
            .sorted(BY_CID)); // as the table is: a third cheaper
  }
}
