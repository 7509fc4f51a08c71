package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.data.DataEntry;
import dev.limpet.wasmhost.data.DataPage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A directory in {@code /tmp}. */
final class ScratchDirectory extends ScratchNode implements FsDirectory {

  /** As on most file systems, in bytes. */
  private static final int MAX_NAME_BYTES = 255;

  private final ScratchSpace space;

  /** Shared by all that are empty, as {@code /tmp} is for most guests: few ever write to it. */
  private NavigableMap<String, FsNode> entries = Collections.emptyNavigableMap();

  private @Nullable ScratchDirectory parent;

  private ScratchDirectory(ScratchSpace space, @Nullable ScratchDirectory parent, long nowNanos) {
    super(space, nowNanos);
    this.space = space;
    this.parent = parent;
  }

  /** The directory {@code /tmp}. */
  static ScratchDirectory root(ScratchSpace space, long nowNanos) {
    return new ScratchDirectory(space, null, nowNanos);
  }

  @Override
  public @Nullable FsNode lookup(String name) {
    return entries.get(name);
  }

  @Override
  public DataPage list(@Nullable String afterName, int limit) {
    var rest = afterName == null ? entries : entries.tailMap(afterName, false);
    List<DataEntry> page = new ArrayList<>();
    for (var entry : rest.entrySet()) {
      if (page.size() == limit) {
        return new DataPage(page, false);
      }
      DataEntry.Kind kind =
          entry.getValue() instanceof FsDirectory ? DataEntry.Kind.DIRECTORY : DataEntry.Kind.FILE;
      page.add(new DataEntry(entry.getKey(), entry.getValue().inode(), kind));
    }
    return new DataPage(page, true);
  }

  /** A new empty file; the name must be free. */
  ScratchFile createFile(String name, long nowNanos) {
    takeName(name, ScratchFile.OVERHEAD);
    ScratchFile file = new ScratchFile(space, nowNanos);
    file.hold();
    put(name, file);
    modifiedAt(nowNanos);
    return file;
  }

  /** A new empty directory; the name must be free. */
  void createDirectory(String name, long nowNanos) {
    takeName(name, ScratchFile.OVERHEAD);
    put(name, new ScratchDirectory(space, this, nowNanos));
    modifiedAt(nowNanos);
  }

  private void put(String name, FsNode node) {
    if (entries.isEmpty()) {
      entries = new TreeMap<>(NameOrder.INSTANCE);
    }
    entries.put(name, node);
  }

  private void takeName(String name, int besides) {
    if (links() == 0) {
      throw Errno.NOENT.error();
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw Errno.NAMETOOLONG.error();
    }
    space.take(nameBytes(name) + besides);
  }

  private static long nameBytes(String name) {
    return 2L * name.length() + 64;
  }

  void unlinkFile(String name, long nowNanos) {
    switch (entries.get(name)) {
      case null -> throw Errno.NOENT.error();
      case ScratchFile file -> {
        drop(name, nowNanos);
        file.removed();
        file.letGo();
      }
      default -> throw Errno.ISDIR.error();
    }
  }

  void removeDirectory(String name, long nowNanos) {
    switch (entries.get(name)) {
      case null -> throw Errno.NOENT.error();
      case ScratchDirectory directory -> {
        if (!directory.entries.isEmpty()) {
          throw Errno.NOTEMPTY.error();
        }
        drop(name, nowNanos);
        directory.removed();
        directory.parent = null;
        space.giveBack(ScratchFile.OVERHEAD);
      }
      default -> throw Errno.NOTDIR.error();
    }
  }

  private void drop(String name, long nowNanos) {
    entries.remove(name);
    space.giveBack(nameBytes(name));
    modifiedAt(nowNanos);
  }

  /** Moves an entry, over another one when POSIX allows that. */
  void rename(String name, ScratchDirectory target, String newName, long nowNanos) {
    FsNode moved = entries.get(name);
    if (moved == null) {
      throw Errno.NOENT.error();
    }
    FsNode there = target.entries.get(newName);
    if (moved.equals(there)) {
      return;
    }
    if (moved instanceof ScratchDirectory directory && target.isInside(directory)) {
      throw Errno.INVAL.error();
    }
    if (there != null) {
      target.clearFor(moved, there, newName, nowNanos);
    }
    target.takeName(newName, 0);
    drop(name, nowNanos);
    target.put(newName, moved);
    target.modifiedAt(nowNanos);
    if (moved instanceof ScratchDirectory directory) {
      directory.parent = target;
    }
  }

  private void clearFor(FsNode moved, FsNode there, String name, long nowNanos) {
    if (moved instanceof ScratchDirectory) {
      removeDirectory(name, nowNanos);
    } else if (there instanceof ScratchDirectory) {
      throw Errno.ISDIR.error();
    } else {
      unlinkFile(name, nowNanos);
    }
  }

  private boolean isInside(ScratchDirectory other) {
    for (ScratchDirectory at = this; at != null; at = at.parent) {
      if (at == other) {
        return true;
      }
    }
    return false;
  }
}
