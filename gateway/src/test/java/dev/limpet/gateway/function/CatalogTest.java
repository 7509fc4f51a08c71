package dev.limpet.gateway.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.gateway.name.SqliteNameStore;
import dev.limpet.gateway.store.GatewayFiles;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.wasmgate.SampleModules;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quota of functions: what a name points at stays, the rest makes room. */
class CatalogTest {
  /** Room for about three modules of 60 KB with their overheads. */
  private static final long QUOTA = 220_000;

  private static final int MODULE_BYTES = 60_000;

  private final GatewayFiles files;
  private final FunctionStore store;
  private final SqliteNameStore names;
  private final Catalog catalog;
  private final Intake intake = new Intake();
  private long now;

  CatalogTest(@TempDir Path dir) {
    files = GatewayFiles.open(dir, QUOTA);
    store = new FunctionStore(files.database(), files.blocks(), () -> Instant.ofEpochMilli(now++));
    names = new SqliteNameStore(files.database(), () -> Instant.ofEpochMilli(now++));
    catalog = new Catalog(store, names);
  }

  @AfterEach
  void stop() {
    files.close();
  }

  @Test
  void unnamed_functions_make_room_the_oldest_first() {
    StoredFunction first = keep("first", null);
    StoredFunction second = keep("second", null);
    StoredFunction named = keep("named", "n");
    StoredFunction next = keep("next", null);
    assertNull(store.find(first.cid()));
    assertNotNull(store.find(next.cid()));
    StoredFunction last = keep("last", "m");
    assertNull(store.find(second.cid()));
    assertNotNull(store.find(named.cid()));
    assertNotNull(store.find(last.cid()));
  }

  @Test
  void what_names_point_at_stays_and_then_the_quota_refuses() {
    keep("one", "a");
    keep("two", "b");
    keep("three", "c");
    LimpetException full = assertThrows(LimpetException.class, () -> keep("four", "d"));
    assertEquals(ErrorCode.QUOTA_EXCEEDED, full.code());
    assertEquals(3, store.size());
    assertNull(names.find("d"));
  }

  @Test
  void versions_of_before_go_after_what_no_name_ever_had() {
    StoredFunction old = keep("old", "a");
    StoredFunction unnamed = keep("unnamed", null);
    StoredFunction now = keep("now", "a");
    keep("next", "b");
    assertNull(store.find(unnamed.cid()));
    assertNotNull(store.find(old.cid()));
    keep("more", "c");
    assertNull(store.find(old.cid()));
    assertNotNull(store.find(now.cid()));
    LimpetException gone =
        assertThrows(LimpetException.class, () -> catalog.rollback("a", null, null));
    assertEquals(ErrorCode.FUNCTION_NOT_FOUND, gone.code());
    assertEquals(2, names.list(null, 1).getFirst().version());
  }

  private StoredFunction keep(String text, @Nullable String name) {
    ModuleSource module =
        intake.wasm(SampleModules.writes(text + "x".repeat(MODULE_BYTES))).module();
    assertNotNull(module);
    FunctionManifest manifest = FunctionManifest.ofModule(module.cid(), module.abi());
    Deploys.Naming naming = name == null ? null : new Deploys.Naming(name, null);
    return catalog.keep(new Parcel(manifest, module, null), naming).function();
  }
}
