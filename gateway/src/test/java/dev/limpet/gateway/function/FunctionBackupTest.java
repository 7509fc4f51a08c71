package dev.limpet.gateway.function;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.gateway.name.SqliteNameStore;
import dev.limpet.gateway.store.GatewayFiles;
import dev.limpet.gateway.store.GatewayFolder;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.config.FolderSnapshot;
import dev.limpet.wasmgate.SampleModules;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies of a gateway's folder, taken while it works. */
class FunctionBackupTest {
  /** Room for a few modules, so that each deploy pushes one out and segments come and go. */
  private static final long QUOTA = 220_000;

  private static final int MODULE_BYTES = 60_000;
  private static final int DEPLOYS = 15;

  @TempDir private Path dir = Path.of("");
  private @Nullable GatewayFiles open;

  @AfterEach
  void close() {
    if (open != null) {
      open.close();
    }
  }

  private Gateway start(Path folder) {
    GatewayFiles files = GatewayFiles.open(folder, QUOTA);
    open = files;
    return new Gateway(
        new FunctionStore(files.database(), files.blocks(), Instant::now),
        new SqliteNameStore(files.database(), Instant::now));
  }

  private record Gateway(FunctionStore store, SqliteNameStore names) {
    StoredFunction keep(String text, @Nullable String name) {
      ModuleSource module =
          new Intake().wasm(SampleModules.writes(text + "x".repeat(MODULE_BYTES))).module();
      assertNotNull(module);
      FunctionManifest manifest = FunctionManifest.ofModule(module.cid(), module.abi());
      Deploys.Naming naming = name == null ? null : new Deploys.Naming(name, null);
      return new Catalog(store, names).keep(new Parcel(manifest, module, null), naming).function();
    }
  }

  private Path copy(int number) throws IOException {
    Path to = dir.resolve("copy-" + number);
    try (FolderSnapshot snapshot = GatewayFolder.freeze(dir.resolve("live"), dir)) {
      assertEquals("gateway", snapshot.process());
      for (FrozenFile file : snapshot.files()) {
        Path target = to.resolve(file.name());
        Files.createDirectories(target.resolveSibling(""));
        try (OutputStream out = Files.newOutputStream(target)) {
          file.copyTo(out);
        }
      }
    }
    return to;
  }

  @Test
  @Tag("long")
  void copies_taken_while_functions_come_and_go_have_every_block_of_every_function()
      throws Exception {
    Gateway live = start(dir.resolve("live"));
    live.keep("named", "n");
    CompletableFuture<Void> deploying =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < DEPLOYS; i++) {
                live.keep("function " + i, null);
              }
            },
            Thread::startVirtualThread);
    int copies = 0;
    while (!deploying.isDone()) {
      copy(copies++);
    }
    deploying.get();
    for (int i = 0; i < copies; i++) {
      checkWhole(dir.resolve("copy-" + i));
    }
  }

  private void checkWhole(Path copy) throws IOException {
    close();
    Gateway restored = start(copy);
    NameInfo name = restored.names().find("n");
    assertNotNull(name);
    assertNotNull(restored.store().find(name.function()));
    for (StoredFunction function : restored.store().list(null, 100)) {
      ByteArrayOutputStream car = new ByteArrayOutputStream();
      restored.store().writeCar(function, car); // reads and hashes every block
      assertTrue(car.size() > MODULE_BYTES);
    }
  }

  @Test
  void a_copy_of_a_gateway_that_was_killed_has_what_is_only_in_its_log() throws IOException {
    Path live = dir.resolve("live");
    Gateway gateway = start(live);
    StoredFunction function = gateway.keep("one", "n");
    // The write-ahead log as a kill leaves it: nothing was closed, all files are copied as they
    // are.
    Path killed = dir.resolve("killed/live");
    for (String name : new String[] {"gateway.db", "gateway.db-wal"}) {
      Files.createDirectories(killed);
      Files.copy(live.resolve(name), killed.resolve(name));
    }
    try (FolderSnapshot snapshot = GatewayFolder.freeze(killed, dir)) {
      assertEquals(1, snapshot.files().size());
      Path copy = Files.createDirectory(dir.resolve("copy"));
      try (OutputStream out = Files.newOutputStream(copy.resolve("gateway.db"))) {
        snapshot.files().getFirst().copyTo(out);
      }
      close();
      assertEquals(function.cid(), start(copy).names().resolve("n", null));
    }
  }

  @Test
  void a_database_of_a_newer_build_is_not_copied() {
    Gateway gateway = start(dir.resolve("live"));
    assertNull(gateway.names().find("n"));
    GatewayFiles files = open;
    assertNotNull(files);
    files
        .database()
        .write(
            connection -> {
              try (var statement = connection.createStatement()) {
                return statement.execute("PRAGMA user_version = 99");
              }
            });
    LimpetException refused =
        assertThrows(
            LimpetException.class, () -> GatewayFolder.freeze(dir.resolve("live"), dir).close());
    assertEquals(ErrorCode.STORE_FAILED, refused.code());
    assertTrue(refused.problem().detail().contains("newer build"));
  }
}
