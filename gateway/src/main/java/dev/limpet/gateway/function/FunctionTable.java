package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.FunctionManifest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows about functions. A module's row is written before its blocks and says {@code ready = 0}
 * until they are all durable; it says so again before they are deleted. So after a crash exactly
 * the modules that are not ready may have blocks in the store that nothing needs.
 */
final class FunctionTable {
  private final Database database;

  FunctionTable(Database database) {
    this.database = database;
  }

  List<StoredFunction.StoredModule> readyModules() {
    return database.read(
        "SELECT cid, size, abi FROM module WHERE ready = 1 AND abi <> '" + ScriptSource.KIND + "'",
        row ->
            new StoredFunction.StoredModule(
                Cid.decode(row.getBytes(1)), row.getLong(2), Abi.valueOf(row.getString(3))));
  }

  List<Cid> readyScripts() {
    return database.read(
        "SELECT cid FROM module WHERE ready = 1 AND abi = ?",
        row -> Cid.decode(row.getBytes(1)),
        ScriptSource.KIND);
  }

  List<Cid> unfinishedModules() {
    return database.read(
        "SELECT cid FROM module WHERE ready = 0", row -> Cid.decode(row.getBytes(1)));
  }

  /** A row of a function. */
  record Row(Cid module, FunctionManifest manifest, ByteString block, Instant createdAt) {}

  List<Row> functions() {
    return database.read(
        "SELECT module, manifest, created_at FROM function",
        row ->
            new Row(
                Cid.decode(row.getBytes(1)),
                FunctionManifest.fromBlock(row.getBytes(2)),
                ByteString.of(row.getBytes(2)),
                Instant.ofEpochMilli(row.getLong(3))));
  }

  /** The blocks of a module or script are about to be written. */
  void begin(KeptDag module) {
    database.write(
        connection -> {
          Database.update(
              connection,
              "INSERT OR REPLACE INTO module (cid, size, abi, ready) VALUES (?, ?, ?, 0)",
              module.cid().toBytes(),
              module.size(),
              module.kind());
          for (Block block : module.blocks()) {
            Database.update(
                connection,
                "INSERT OR IGNORE INTO module_block (block, module) VALUES (?, ?)",
                block.cid().toBytes(),
                module.cid().toBytes());
          }
          return null;
        });
  }

  /** The blocks of what it needs are durable: the function is there from now on. */
  void finish(StoredFunction function) {
    database.write(
        connection -> {
          for (Cid part : function.parts()) {
            Database.update(
                connection, "UPDATE module SET ready = 1 WHERE cid = ?", part.toBytes());
          }
          Database.update(
              connection,
              "INSERT INTO function (cid, module, manifest, created_at) VALUES (?, ?, ?, ?)",
              function.cid().toBytes(),
              function.module().cid().toBytes(),
              function.block().toBytes(),
              function.createdAt().toEpochMilli());
          Cid script = function.manifest().script();
          return script == null
              ? 0
              : Database.update(
                  connection,
                  "UPDATE function SET script = ? WHERE cid = ?",
                  script.toBytes(),
                  function.cid().toBytes());
        });
  }

  /**
   * Removes a function.
   *
   * @return what of its module and script is needed no more: their blocks are to be deleted now
   */
  List<Cid> remove(StoredFunction function) {
    return database.write(
        connection -> {
          Database.update(
              connection, "DELETE FROM function WHERE cid = ?", function.cid().toBytes());
          List<Cid> unused = new ArrayList<>();
          for (Cid part : function.parts()) {
            int changed =
                Database.update(
                    connection,
                    "UPDATE module SET ready = 0 WHERE cid = ?1 AND NOT EXISTS"
                        + " (SELECT 1 FROM function WHERE module = ?1 OR script = ?1)",
                    part.toBytes());
            if (changed > 0) {
              unused.add(part);
            }
          }
          return unused;
        });
  }

  /** Blocks of a module that no other module has. */
  List<Cid> ownBlocks(Cid module) {
    return database.read(
        "SELECT block FROM module_block b WHERE module = ? AND NOT EXISTS"
            + " (SELECT 1 FROM module_block o WHERE o.block = b.block AND o.module <> b.module)",
        row -> Cid.decode(row.getBytes(1)),
        module.toBytes());
  }

  /** All blocks of all modules that are ready. */
  List<Cid> readyBlocks() {
    return database.read(
        "SELECT DISTINCT block FROM module_block JOIN module ON module.cid = module_block.module"
            + " WHERE ready = 1",
        row -> Cid.decode(row.getBytes(1)));
  }

  /** The own blocks of a module are gone. */
  void forget(Cid module) {
    database.write(connection -> deleteModule(connection, module));
  }

  private static int deleteModule(Connection connection, Cid module) throws SQLException {
    return Database.update(connection, "DELETE FROM module WHERE cid = ?", module.toBytes());
  }
}
