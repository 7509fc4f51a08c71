package dev.limpet.node.store;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.content.block.PackSnapshot;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.config.FolderSnapshot;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a node as something to copy, while the node runs or not: its key, its pins, and the
 * blocks of what is pinned. Compiled code is left out, since a node makes it anew, and so are logs.
 */
public final class NodeFolder {
  private NodeFolder() {}

  /**
   * Holds what a copy needs.
   *
   * @param cache whether what came from other nodes and from the gateway is copied, too; a node
   *     fetches it again without
   * @throws IOException when something cannot be read
   */
  public static FolderSnapshot freeze(Path dir, boolean cache) throws IOException {
    FolderSnapshot snapshot = new FolderSnapshot(FolderFormat.NODE);
    boolean whole = false;
    try {
      snapshot.add(FrozenFile.open(dir.resolve("identity.key"), "identity.key"));
      addKept(dir, snapshot);
      snapshot.addAudit(dir);
      if (cache) {
        snapshot.add(PackSnapshot.take(dir.resolve("fetched"), "fetched/", () -> {}));
        snapshot.add(PackSnapshot.take(dir.resolve("functions"), "functions/", () -> {}));
      }
      whole = true;
      return snapshot;
    } finally {
      if (!whole) {
        snapshot.close();
      }
    }
  }

  private static void addKept(Path dir, FolderSnapshot snapshot) throws IOException {
    Latest pins = new Latest();
    try {
      snapshot.add(
          PackSnapshot.take(
              dir.resolve("blocks"),
              "blocks/",
              () -> pins.replace(FrozenFile.open(dir.resolve("pins"), "pins"))));
    } finally {
      if (pins.file != null) {
        snapshot.add(pins.file);
      }
    }
  }

  /** The pins as of the last try. */
  private static final class Latest {
    private @Nullable FrozenFile file;

    void replace(FrozenFile next) throws IOException {
      if (file != null) {
        file.close();
      }
      file = next;
    }
  }
}
