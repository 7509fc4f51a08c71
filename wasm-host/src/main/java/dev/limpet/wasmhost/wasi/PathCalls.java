package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The functions that begin with {@code path_}. */
final class PathCalls {

  private static final int FOLLOW = 1;
  private static final int CREATE = 1;
  private static final int WANT_DIRECTORY = 2;
  private static final int EXCLUSIVE = 4;
  private static final int TRUNCATE = 8;

  private PathCalls() {}

  static void addTo(Preview1 table) {
    table.add("path_create_directory", "iii", PathCalls::createDirectory);
    table.add("path_filestat_get", "iiiii", PathCalls::filestat);
    table.add("path_filestat_set_times", "iiiiIIi", PathCalls::setTimes);
    table.add("path_link", "iiiiiii", PathCalls::link);
    table.add("path_open", "iiiiiIIii", PathCalls::open);
    table.add("path_readlink", "iiiiii", PathCalls::readlink);
    table.add("path_remove_directory", "iii", PathCalls::removeDirectory);
    table.add("path_rename", "iiiiii", PathCalls::rename);
    table.add("path_symlink", "iiiii", PathCalls::symlink);
    table.add("path_unlink_file", "iii", PathCalls::unlink);
  }

  /** Finds a path that a guest gives with a descriptor. */
  private static PathResolver.Found find(
      WasiState state, GuestMemory memory, Place place, boolean follow) {
    Descriptor.Directory start = state.descriptors().directory(place.fd());
    String path = PathResolver.read(memory, place.address(), place.length());
    if (path.startsWith("/")) {
      Absolute absolute = Absolute.resolve(state, start, path);
      start = absolute.start();
      path = absolute.rest();
    }
    return switch (start.base()) {
      case FsDirectory directory -> PathResolver.resolve(directory, path, follow, memory);
      case FsFile file -> theFile(file, path);
      case FsLink link -> throw new IllegalStateException("a mount is never a link");
    };
  }

  /** Data that is one file: the path of the mount is the file, and there is nothing below. */
  private static PathResolver.Found theFile(FsFile file, String path) {
    if (!path.equals(".")) {
      throw Errno.NOTDIR.error();
    }
    return new PathResolver.Found(NoDirectory.INSTANCE, "", file, false);
  }

  /** A descriptor and a path in a guest's memory. */
  private record Place(long fd, int address, int length) {
    static Place of(long[] arguments, int fd, int path) {
      return new Place(arguments[fd], (int) arguments[path], (int) arguments[path + 1]);
    }
  }

  private static FsNode existing(PathResolver.Found found) {
    @Nullable FsNode node = found.node();
    if (node == null) {
      throw Errno.NOENT.error();
    }
    if (found.directoryWanted() && !(node instanceof FsDirectory)) {
      throw Errno.NOTDIR.error();
    }
    return node;
  }

  private static Errno filestat(WasiState state, GuestMemory memory, long[] a) {
    int at = memory.at((int) a[4], FileTimes.STAT_BYTES);
    boolean follow = (a[1] & FOLLOW) != 0;
    FileTimes.stat(memory, at, existing(find(state, memory, Place.of(a, 0, 2), follow)));
    return Errno.SUCCESS;
  }

  private static Errno setTimes(WasiState state, GuestMemory memory, long[] a) {
    boolean follow = (a[1] & FOLLOW) != 0;
    FsNode node = existing(find(state, memory, Place.of(a, 0, 2), follow));
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    FileTimes.set(node, a[4], a[5], (int) a[6], now);
    return Errno.SUCCESS;
  }

  private static Errno readlink(WasiState state, GuestMemory memory, long[] a) {
    if (!(existing(find(state, memory, Place.of(a, 0, 1), false)) instanceof FsLink link)) {
      return Errno.INVAL;
    }
    byte[] target = link.target().getBytes(StandardCharsets.UTF_8);
    long room = Integer.toUnsignedLong((int) a[4]);
    int at = memory.at((int) a[3], room);
    int count = (int) Math.min(target.length, room);
    System.arraycopy(target, 0, memory.array(), at, count);
    memory.putInt((int) a[5], count);
    return Errno.SUCCESS;
  }

  private static Errno open(WasiState state, GuestMemory memory, long[] a) {
    int result = memory.at((int) a[8], 4);
    if ((a[4] & ~15) != 0 || (a[7] & ~FdCalls.ALL_FLAGS) != 0) {
      return Errno.INVAL;
    }
    state.descriptors().requireRoom();
    Opening opening = new Opening((int) a[4], a[5], (int) a[7]);
    opening.requireRights(state.descriptors().directory(a[0]));
    boolean follow = (a[1] & FOLLOW) != 0;
    PathResolver.Found found = find(state, memory, Place.of(a, 0, 2), follow);
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    memory.putInt(result, state.descriptors().add(opening.open(found, now)));
    return Errno.SUCCESS;
  }

  /** What a guest wants of a path. */
  private record Opening(int how, long rights, int flags) {

    /** Of the directory in which the path starts. */
    void requireRights(Descriptor.Directory directory) {
      directory.requirePassedOn(rights);
      if (has(CREATE)) {
        directory.require(Rights.PATH_CREATE_FILE);
      }
      if (has(TRUNCATE)) {
        directory.require(Rights.PATH_FILESTAT_SET_SIZE);
      }
    }

    Descriptor open(PathResolver.Found found, long now) {
      Descriptor opened =
          switch (found.node()) {
            case null -> create(found, now);
            case FsFile file -> file(file, found, now);
            case FsDirectory directory -> directory(directory);
            case FsLink link -> throw Errno.LOOP.error();
          };
      opened.setFlags(flags);
      return opened;
    }

    private boolean has(int flag) {
      return (how & flag) != 0;
    }

    private Descriptor create(PathResolver.Found found, long now) {
      if (!has(CREATE) || has(WANT_DIRECTORY)) {
        throw Errno.NOENT.error();
      }
      if (found.directoryWanted()) {
        throw Errno.ISDIR.error();
      }
      return opened(scratch(found.parent()).createFile(found.name(), now));
    }

    private Descriptor file(FsFile file, PathResolver.Found found, long now) {
      if (has(CREATE) && has(EXCLUSIVE)) {
        throw Errno.EXIST.error();
      }
      if (has(WANT_DIRECTORY) || found.directoryWanted()) {
        throw Errno.NOTDIR.error();
      }
      boolean writes = has(TRUNCATE) || (rights & Rights.FD_WRITE) != 0;
      if (writes && !(file instanceof ScratchFile)) {
        throw Errno.ROFS.error();
      }
      Descriptor opened = opened(file);
      if (has(TRUNCATE) && file instanceof ScratchFile scratch) {
        scratch.setSize(0, now);
      }
      return opened;
    }

    private Descriptor opened(FsFile file) {
      long all =
          file instanceof ScratchFile ? Rights.FILE_READ | Rights.FILE_WRITE : Rights.FILE_READ;
      return new Descriptor.OpenFile(file, rights & all);
    }

    private Descriptor directory(FsDirectory directory) {
      if (has(CREATE) && has(EXCLUSIVE)) {
        throw Errno.EXIST.error();
      }
      boolean writes = has(TRUNCATE) || (rights & Rights.FD_WRITE) != 0;
      if (writes || (has(CREATE) && !has(WANT_DIRECTORY))) {
        throw Errno.ISDIR.error();
      }
      return new Descriptor.Directory(directory, null);
    }
  }

  /** The directory, when it can be changed. */
  private static ScratchDirectory scratch(FsDirectory directory) {
    if (directory instanceof ScratchDirectory scratch) {
      return scratch;
    }
    throw Errno.ROFS.error();
  }

  /** Where an entry is to be changed: it must have a name of its own in its directory. */
  private static ScratchDirectory changeable(PathResolver.Found found) {
    ScratchDirectory directory = scratch(found.parent());
    if (found.name().isEmpty()) {
      throw Errno.INVAL.error();
    }
    return directory;
  }

  private static Errno createDirectory(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found found = find(state, memory, Place.of(a, 0, 1), false);
    if (found.node() != null) {
      return Errno.EXIST;
    }
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    changeable(found).createDirectory(found.name(), now);
    return Errno.SUCCESS;
  }

  private static Errno removeDirectory(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found found = find(state, memory, Place.of(a, 0, 1), false);
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    changeable(found).removeDirectory(found.name(), now);
    return Errno.SUCCESS;
  }

  private static Errno unlink(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found found = find(state, memory, Place.of(a, 0, 1), false);
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    ScratchDirectory directory = changeable(found);
    if (found.directoryWanted()) {
      return switch (found.node()) {
        case null -> Errno.NOENT;
        case FsDirectory there -> Errno.ISDIR;
        case FsFile file -> Errno.NOTDIR;
        case FsLink link -> Errno.NOTDIR;
      };
    }
    directory.unlinkFile(found.name(), now);
    return Errno.SUCCESS;
  }

  private static Errno rename(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found from = find(state, memory, Place.of(a, 0, 1), false);
    PathResolver.Found to = find(state, memory, Place.of(a, 3, 4), false);
    if (existing(from).device() != to.parent().device()) {
      return from.parent() instanceof ScratchDirectory ? Errno.XDEV : Errno.ROFS;
    }
    ScratchDirectory source = changeable(from);
    ScratchDirectory target = changeable(to);
    if (to.directoryWanted() && !(from.node() instanceof FsDirectory)) {
      return Errno.NOTDIR;
    }
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    source.rename(from.name(), target, to.name(), now);
    return Errno.SUCCESS;
  }

  /** Neither kind of link is offered in scratch, and data does not change. */
  private static Errno link(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found found = find(state, memory, Place.of(a, 4, 5), false);
    return found.parent() instanceof ScratchDirectory ? Errno.NOTSUP : Errno.ROFS;
  }

  private static Errno symlink(WasiState state, GuestMemory memory, long[] a) {
    PathResolver.Found found = find(state, memory, Place.of(a, 2, 3), false);
    return found.parent() instanceof ScratchDirectory ? Errno.NOTSUP : Errno.ROFS;
  }
}
