package dev.limpet.node.store;

import dev.limpet.content.block.FrozenFile;
import dev.limpet.content.block.PackSnapshot;
import dev.limpet.protocol.config.FolderFormat;
import dev.limpet.protocol.config.FolderSnapshot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder of a node as something to copy, while the node runs or not: its key, the keys and
 * records of names, its pins, and the blocks of what is pinned. Compiled code is left out, since a
 * node makes it anew, and so are logs. The log of receipts is left out, too: a copy that is put
 * back would be shorter than what the gateway has seen, as if receipts had been taken out; without
 * it a log with another name begins.
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
      addAll(dir.resolve("keys"), "keys/", snapshot);
      addAll(dir.resolve("names"), "names/", snapshot);
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

  /** All files of a folder that may not be there. */
  private static void addAll(Path folder, String prefix, FolderSnapshot snapshot)
      throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.sorted().toList()) {
          snapshot.add(FrozenFile.open(file, prefix + file.getFileName()));
        }
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
