package dev.limpet.gateway.store;

import java.util.ArrayList;
import java.util.List;

/** The tables of the gateway. CIDs are blobs (their binary form), times milliseconds since 1970. */
final class Tables {
  private static final String REVOKED_KEY =
      """
      CREATE TABLE revoked_key (
        peer_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        at INTEGER NOT NULL
      ) WITHOUT ROWID
      """;

  /** Null for a function without one; it is in the table of modules, as all that functions need. */
  private static final String SCRIPT_COLUMN = "ALTER TABLE function ADD COLUMN script BLOB";

  private static final String BY_SCRIPT = "CREATE INDEX function_by_script ON function(script)";

  private static final List<String> RECEIPTS =
      List.of(
          // The last checkpoint of each log that was cosigned: never forgotten, since a witness
          // that
          // forgets could be shown another history.
          """
          CREATE TABLE witnessed_log (
            origin TEXT PRIMARY KEY,
            node TEXT NOT NULL,
            note TEXT NOT NULL,
            at INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          """
          CREATE TABLE log_evidence (
            id INTEGER PRIMARY KEY,
            origin TEXT NOT NULL,
            node TEXT NOT NULL,
            kind TEXT NOT NULL,
            known TEXT NOT NULL,
            offered TEXT NOT NULL,
            at INTEGER NOT NULL
          )
          """,
          // Since when a key has been that of a node of that name.
          """
          CREATE TABLE enrolment (
            peer_id TEXT NOT NULL,
            name TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (peer_id, name)
          ) WITHOUT ROWID
          """);

  /** From each older version to the next; the first is from 1 to 2. */
  static final List<List<String>> MIGRATE =
      List.of(
          List.of(
              "ALTER TABLE node ADD COLUMN standing TEXT NOT NULL DEFAULT 'approved'", REVOKED_KEY),
          List.of(SCRIPT_COLUMN, BY_SCRIPT),
          RECEIPTS);

  /** Makes all tables of an empty file. */
  static final List<String> CREATE =
      with(
          RECEIPTS,
          // Whose name it is, from its first join on; url and last_seen name it in errors.
          """
          CREATE TABLE node (
            name TEXT PRIMARY KEY,
            peer_id TEXT NOT NULL,
            url TEXT NOT NULL,
            last_seen INTEGER NOT NULL,
            standing TEXT NOT NULL
          ) WITHOUT ROWID
          """,
          // Refused for good, also when the node itself was forgotten.
          REVOKED_KEY,
          // So that a restarted gateway says "away" and not "unknown" before its nodes are back.
          """
          CREATE TABLE root (
            node TEXT NOT NULL REFERENCES node(name) ON DELETE CASCADE,
            cid BLOB NOT NULL,
            size INTEGER NOT NULL,
            dag_size INTEGER NOT NULL,
            complete INTEGER NOT NULL,
            PRIMARY KEY (node, cid)
          ) WITHOUT ROWID
          """,
          // Written before the blocks; ready = 0 after a crash means that they may be there in
          // part.
          """
          CREATE TABLE module (
            cid BLOB PRIMARY KEY,
            size INTEGER NOT NULL,
            abi TEXT NOT NULL,
            ready INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          // Which module needs which block; two modules may share one.
          """
          CREATE TABLE module_block (
            block BLOB NOT NULL,
            module BLOB NOT NULL REFERENCES module(cid) ON DELETE CASCADE,
            PRIMARY KEY (block, module)
          ) WITHOUT ROWID
          """,
          "CREATE INDEX module_block_by_module ON module_block(module)",
          """
          CREATE TABLE function (
            cid BLOB PRIMARY KEY,
            module BLOB NOT NULL REFERENCES module(cid),
            manifest BLOB NOT NULL,
            created_at INTEGER NOT NULL,
            script BLOB
          ) WITHOUT ROWID
          """,
          "CREATE INDEX function_by_module ON function(module)",
          BY_SCRIPT,
          // current = 0: the name was removed; its row stays, so that versions never repeat.
          """
          CREATE TABLE name (
            name TEXT PRIMARY KEY,
            current INTEGER NOT NULL,
            last INTEGER NOT NULL
          ) WITHOUT ROWID
          """,
          """
          CREATE TABLE name_version (
            name TEXT NOT NULL REFERENCES name(name),
            version INTEGER NOT NULL,
            function BLOB NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (name, version)
          ) WITHOUT ROWID
          """);

  private static List<String> with(List<String> more, String... tables) {
    List<String> all = new ArrayList<>(List.of(tables));
    all.addAll(more);
    return List.copyOf(all);
  }

  private Tables() {}
}
