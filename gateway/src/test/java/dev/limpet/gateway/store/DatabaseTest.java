package dev.limpet.gateway.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private final Path file;

  DatabaseTest(@TempDir Path dir) {
    file = dir.resolve("gateway.db");
  }

  @Test
  void a_database_of_the_first_version_is_migrated_and_keeps_its_nodes() {
    change(
        "DROP TABLE witnessed_log",
        "DROP TABLE log_evidence",
        "DROP TABLE enrolment",
        "DROP TABLE revoked_key",
        "ALTER TABLE node DROP COLUMN standing",
        "DROP INDEX function_by_script",
        "ALTER TABLE function DROP COLUMN script",
        "INSERT INTO node VALUES ('shed', 'peer', 'http://127.0.0.1:1', 7)",
        "PRAGMA user_version = 1");
    try (Database database = Database.open(file)) {
      assertEquals(
          List.of("shed approved 7"),
          database.read(
              "SELECT name || ' ' || standing || ' ' || last_seen FROM node",
              row -> row.getString(1)));
      assertEquals(
          List.of(0), database.read("SELECT count(*) FROM revoked_key", row -> row.getInt(1)));
    }
    try (Database again = Database.open(file)) {
      assertEquals(List.of(4), again.read("PRAGMA user_version", row -> row.getInt(1)));
    }
  }

  @Test
  void a_database_of_a_newer_build_is_refused() {
    change("PRAGMA user_version = 99");
    LimpetException refused =
        assertThrows(LimpetException.class, () -> Database.open(file).close());
    assertEquals(ErrorCode.STORE_FAILED, refused.code());
    assertTrue(String.valueOf(refused.getMessage()).contains("newer build"));
  }

  private void change(String... statements) {
    try (Database database = Database.open(file)) {
      database.write(
          connection -> {
            for (String statement : statements) {
              Database.update(connection, statement);
            }
            return null;
          });
    }
  }
}
