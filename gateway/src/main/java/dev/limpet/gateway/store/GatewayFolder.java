package dev.limpet.gateway.store;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.content.block.PackSnapshot;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.config.FolderSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The folder of a gateway as something to copy, while the gateway runs or not: its database, the
 * blocks of modules that the database speaks of, and the operator's key.
 */
public final class GatewayFolder {
  private GatewayFolder() {}

  /**
   * Holds what a copy needs.
   *
   * @param scratch a private folder on a disk with room for a copy of the database; needed only as
   *     long as the snapshot is open
   * @throws IOException when something cannot be read
   * @throws dev.limpet.protocol.LimpetException {@code store-failed} when the database cannot be
   *     read or is of a newer build
   */
  public static FolderSnapshot freeze(Path dir, Path scratch) throws IOException {
    FolderSnapshot snapshot = new FolderSnapshot(FolderFormat.GATEWAY);
    boolean whole = false;
    try {
      Path copy = Files.createTempDirectory(scratch, "database").resolve(GatewayFiles.DATABASE);
      snapshot.add(
          PackSnapshot.take(
              dir.resolve(GatewayFiles.FUNCTIONS),
              GatewayFiles.FUNCTIONS + "/",
              () -> {
                Files.deleteIfExists(copy);
                Database.copy(dir.resolve(GatewayFiles.DATABASE), copy);
              }));
      snapshot.add(FrozenFile.open(copy, GatewayFiles.DATABASE));
      Path key = dir.resolve(GatewayFiles.OPERATOR_KEY);
      if (Files.exists(key)) {
        snapshot.add(FrozenFile.open(key, GatewayFiles.OPERATOR_KEY));
      }
      snapshot.addAudit(dir);
      whole = true;
      return snapshot;
    } finally {
      if (!whole) {
        snapshot.close();
      }
    }
  }
}
