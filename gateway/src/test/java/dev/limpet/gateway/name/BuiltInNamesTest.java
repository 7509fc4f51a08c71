package dev.limpet.gateway.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names of the product beside those that users made, some of them earlier. */
class BuiltInNamesTest {
  private static final Cid SHIPPED = Cid.of(Multicodec.RAW, new byte[] {1});
  private static final Cid OLD = Cid.of(Multicodec.RAW, new byte[] {2});

  private final Database database;
  private final NameStore made;
  private final NameStore names;

  BuiltInNamesTest(@TempDir Path folder) {
    database = Database.open(folder.resolve("gateway.db"));
    made = new SqliteNameStore(database, () -> Instant.EPOCH);
    NameVersion only = new NameVersion(3, SHIPPED, Instant.EPOCH);
    names = new BuiltInNames(made, List.of(new NameInfo("sql", 3, SHIPPED, List.of(only))));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void lists_have_both_in_their_order() {
    names.point("a", OLD, null);
    names.point("z", OLD, null);
    assertEquals(List.of("a", "sql", "z"), listed(null, 10));
    assertEquals(List.of("a", "sql"), listed(null, 2));
    assertEquals(List.of("z"), listed("sql", 2));
    assertEquals(List.of("sql"), names.namesOf(SHIPPED));
  }

  @Test
  void it_has_one_version_and_nobody_changes_it() {
    assertEquals(SHIPPED, names.resolve("sql", null));
    assertEquals(SHIPPED, names.resolve("sql", 3));
    assertNull(names.resolve("sql", 1));
    assertTrue(names.isBuiltIn("sql"));
    assertRefused(() -> names.point("sql", OLD, null));
    assertRefused(() -> names.rollback("sql", null, null));
    assertRefused(() -> names.remove("sql", null));
  }

  @Test
  void a_name_that_a_user_made_earlier_is_his_until_he_removes_it() {
    made.point("sql", OLD, null);
    assertEquals(OLD, names.resolve("sql", null));
    assertFalse(names.isBuiltIn("sql"));
    assertEquals(List.of("sql"), listed(null, 10));
    assertEquals(List.of(), names.namesOf(SHIPPED));
    assertEquals(2, names.point("sql", SHIPPED, null).version());
    names.remove("sql", null);
    assertEquals(SHIPPED, names.resolve("sql", null));
    assertTrue(names.isBuiltIn("sql"));
  }

  private List<String> listed(@Nullable String after, int limit) {
    return names.list(after, limit).stream().map(NameInfo::name).toList();
  }

  private static void assertRefused(Runnable change) {
    LimpetException refused = assertThrows(LimpetException.class, change::run);
    assertEquals(ErrorCode.BAD_NAME, refused.code());
  }
}
