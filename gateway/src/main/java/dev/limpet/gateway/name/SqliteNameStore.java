package dev.limpet.gateway.name;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * Names in the gateway's database, all of them in memory too. Memory changes after the database
 * has, under one lock, so that readers see only what survives a crash.
 */
public final class SqliteNameStore implements NameStore {
  private final Database database;
  private final InstantSource clock;
  private final ConcurrentSkipListMap<String, NameInfo> names = new ConcurrentSkipListMap<>();

  /** Reads all names. */
  public SqliteNameStore(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    for (String name :
        database.read("SELECT name FROM name WHERE current > 0", row -> row.getString(1))) {
      names.put(name, load(name));
    }
  }

  private NameInfo load(String name) {
    List<NameVersion> history =
        database.read(
            "SELECT v.version, v.function, v.at FROM name_version v JOIN name n USING (name)"
                + " WHERE name = ? AND v.version <= n.current ORDER BY v.version DESC",
            row ->
                new NameVersion(
                    row.getInt(1),
                    Cid.decode(row.getBytes(2)),
                    Instant.ofEpochMilli(row.getLong(3))),
            name);
    NameVersion newest = history.getFirst();
    return new NameInfo(name, newest.version(), newest.function(), history);
  }

  @Override
  public @Nullable NameInfo find(String name) {
    return names.get(name);
  }

  @Override
  public @Nullable Cid resolve(String name, @Nullable Integer version) {
    NameInfo info = names.get(name);
    if (info == null || version == null) {
      return info == null ? null : info.function();
    }
    NameVersion one = Histories.version(info, version);
    return one == null ? null : one.function();
  }

  @Override
  public List<NameInfo> list(@Nullable String after, int limit) {
    var from = after == null ? names : names.tailMap(after, false);
    return from.values().stream().limit(limit).toList();
  }

  @Override
  public List<String> namesOf(Cid function) {
    return names.values().stream()
        .filter(name -> name.function().equals(function))
        .map(NameInfo::name)
        .toList();
  }

  @Override
  public synchronized NameInfo point(String name, Cid function, @Nullable Integer expected) {
    NameInfo before = names.get(name);
    Histories.check(name, before, expected);
    if (before != null && before.function().equals(function)) {
      return before;
    }
    if (before == null && names.size() >= MAX_NAMES_KEPT) {
      throw Histories.full();
    }
    return append(name, before, function);
  }

  @Override
  public synchronized NameInfo rollback(
      String name, @Nullable Integer to, @Nullable Integer expected) {
    NameInfo before = names.get(name);
    if (before == null) {
      throw Histories.unknown(name);
    }
    Histories.check(name, before, expected);
    return append(name, before, Histories.rollbackTarget(before, to));
  }

  private NameInfo append(String name, @Nullable NameInfo before, Cid function) {
    Instant at = Instant.ofEpochMilli(clock.millis());
    NameInfo after =
        database.write(
            connection -> {
              int version = lastVersion(connection, name) + 1;
              insert(connection, name, new NameVersion(version, function, at));
              return Histories.next(name, before, version, function, at);
            });
    names.put(name, after);
    return after;
  }

  private static int lastVersion(Connection connection, String name) throws SQLException {
    List<Integer> last =
        Database.query(
            connection, "SELECT last FROM name WHERE name = ?", row -> row.getInt(1), name);
    return last.isEmpty() ? 0 : last.getFirst();
  }

  private static void insert(Connection connection, String name, NameVersion version)
      throws SQLException {
    Database.update(
        connection,
        "INSERT INTO name (name, current, last) VALUES (?, ?, ?) ON CONFLICT (name)"
            + " DO UPDATE SET current = excluded.current, last = excluded.last",
        name,
        version.version(),
        version.version());
    Database.update(
        connection,
        "INSERT INTO name_version (name, version, function, at) VALUES (?, ?, ?, ?)",
        name,
        version.version(),
        version.function().toBytes(),
        version.at().toEpochMilli());
    Database.update(
        connection,
        "DELETE FROM name_version WHERE name = ? AND version <= ?",
        name,
        version.version() - MAX_VERSIONS_KEPT);
  }

  /** The versions go, their numbers stay used. */
  @Override
  public synchronized void remove(String name, @Nullable Integer expected) {
    NameInfo before = names.get(name);
    if (before == null) {
      throw Histories.unknown(name);
    }
    Histories.check(name, before, expected);
    database.write(
        connection -> {
          Database.update(connection, "DELETE FROM name_version WHERE name = ?", name);
          return Database.update(connection, "UPDATE name SET current = 0 WHERE name = ?", name);
        });
    names.remove(name);
  }
}
