package dev.limpet.node.rpc;

import dev.limpet.content.unixfs.ImportedRoot;
import dev.limpet.content.unixfs.UnixFsAttributes;
import dev.limpet.content.unixfs.UnixFsImporter;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The directories of one upload, as far as it has come: their files are imported when they come,
 * the directories over them when all of it is there, since parts may come in any order.
 */
final class AddedTree {
  /** Files, links and directories in memory at once, some 200 bytes each. */
  static final int MAX_ADDED_ENTRIES = 500_000;

  private final Folder top = new Folder();
  private int entries;

  private sealed interface Entry {}

  private record Done(ImportedRoot root) implements Entry {}

  private static final class Folder implements Entry {
    private final Map<String, Entry> children = new HashMap<>();
    private UnixFsAttributes attributes = UnixFsAttributes.NONE;
  }

  /** Is told of each directory that is made, those within others first. */
  interface Listener {
    void made(String name, ImportedRoot root) throws IOException;
  }

  /** Puts a file or link that was imported; the last one of a name stays. */
  void put(List<String> path, ImportedRoot root) {
    Folder folder = folder(path.subList(0, path.size() - 1));
    count(folder.children.put(path.getLast(), new Done(root)));
  }

  /** Puts a directory, maybe one that is there already because of what is in it. */
  void putDirectory(List<String> path, UnixFsAttributes attributes) {
    folder(path).attributes = attributes;
  }

  private Folder folder(List<String> path) {
    Folder folder = top;
    for (String name : path) {
      Entry child = folder.children.get(name);
      if (!(child instanceof Folder)) {
        Folder made = new Folder();
        count(folder.children.put(name, made));
        child = made;
      }
      folder = (Folder) child;
    }
    return folder;
  }

  private void count(@Nullable Entry before) {
    if (before == null && ++entries > MAX_ADDED_ENTRIES) {
      throw RpcException.failed(
          "an upload has at most "
              + MAX_ADDED_ENTRIES
              + " files and directories; send it in parts");
    }
  }

  /** The names at the top. */
  List<String> names() {
    return List.copyOf(new TreeMap<>(top.children).keySet());
  }

  /** Makes the directories below a name, if it is one. */
  ImportedRoot finish(String name, Making making) throws IOException {
    Entry entry = top.children.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("there is no " + name);
    }
    return made(entry, name, making);
  }

  /** Makes all directories, and one around them. */
  ImportedRoot finishAll(Making making) throws IOException {
    return made(top, "", making);
  }

  /**
   * How directories are made.
   *
   * @param importer makes them
   * @param empty whether those stay that have nothing in them
   * @param listener is told of them
   */
  record Making(UnixFsImporter importer, boolean empty, Listener listener) {}

  private ImportedRoot made(Entry entry, String path, Making making) throws IOException {
    return switch (entry) {
      case Done(ImportedRoot root) -> root;
      case Folder folder -> {
        TreeMap<String, ImportedRoot> children = new TreeMap<>();
        for (var child : new TreeMap<>(folder.children).entrySet()) {
          boolean dropped =
              !making.empty && child.getValue() instanceof Folder f && f.children.isEmpty();
          if (!dropped) {
            String below = path.isEmpty() ? child.getKey() : path + "/" + child.getKey();
            children.put(child.getKey(), made(child.getValue(), below, making));
          }
        }
        ImportedRoot root = making.importer.importDirectory(children, folder.attributes);
        making.listener.made(path, root);
        yield root;
      }
    };
  }
}
