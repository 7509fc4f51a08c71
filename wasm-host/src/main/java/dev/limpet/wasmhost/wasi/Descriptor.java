package dev.limpet.wasmhost.wasi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a guest's file descriptor stands for. */
abstract sealed class Descriptor {

  private long rights;
  private long inheriting;
  private int flags;
  private long givenUp;
  private long notPassedOn;

  Descriptor(long rights, long inheriting) {
    this.rights = rights;
    this.inheriting = inheriting;
  }

  long rights() {
    return rights;
  }

  long inheriting() {
    return inheriting;
  }

  int flags() {
    return flags;
  }

  void setFlags(int flags) {
    this.flags = flags;
  }

  /** Rights can only become fewer. */
  void setRights(long newRights, long newInheriting) {
    if ((newRights & ~rights) != 0 || (newInheriting & ~inheriting) != 0) {
      throw Errno.NOTCAPABLE.error();
    }
    givenUp |= rights & ~newRights;
    notPassedOn |= inheriting & ~newInheriting;
    rights = newRights;
    inheriting = newInheriting;
  }

  /**
   * Fails with NOTCAPABLE when the guest has given up that right. A right that the descriptor never
   * had is not meant here: calls say more of why they cannot do what is asked.
   */
  final void require(long right) {
    if ((givenUp & right) != 0) {
      throw Errno.NOTCAPABLE.error();
    }
  }

  /** Fails with NOTCAPABLE when what is opened here may not have one of these rights any more. */
  final void requirePassedOn(long wanted) {
    if ((notPassedOn & wanted) != 0) {
      throw Errno.NOTCAPABLE.error();
    }
  }

  /** Type as preview 1 numbers them. */
  abstract int type();

  /** The descriptor is gone. */
  void close() {}

  /** Standard input, output or error. */
  static final class Stream extends Descriptor {

    /** Neither file nor terminal: libraries then buffer as for a pipe. */
    private static final int TYPE_UNKNOWN = 0;

    private final Kind kind;

    /** Which stream. */
    enum Kind {
      INPUT,
      OUTPUT,
      LOG
    }

    Stream(Kind kind) {
      super(kind == Kind.INPUT ? Rights.STREAM_IN : Rights.STREAM_OUT, 0);
      this.kind = kind;
    }

    Kind kind() {
      return kind;
    }

    @Override
    int type() {
      return TYPE_UNKNOWN;
    }
  }

  /** An open file with its position. */
  static final class OpenFile extends Descriptor {
    private final FsFile file;
    private long position;

    OpenFile(FsFile file, long rights) {
      super(rights, 0);
      this.file = file;
      if (file instanceof ScratchFile scratch) {
        scratch.hold();
      }
    }

    FsFile file() {
      return file;
    }

    long position() {
      return position;
    }

    void setPosition(long newPosition) {
      position = newPosition;
    }

    @Override
    int type() {
      return FsFile.TYPE;
    }

    @Override
    void close() {
      if (file instanceof ScratchFile scratch) {
        scratch.letGo();
      }
    }
  }

  /**
   * An open directory. One that the guest starts with has a name; its base may be a file, when the
   * data is one: then the path {@code .} is that file.
   */
  static final class Directory extends Descriptor {

    /**
     * Under data too: libraries ask only for rights that they see here, and a guest that wants to
     * write should hear that the file system is read-only when it opens, not later.
     */
    private static final long INHERITING =
        Rights.FILE_READ | Rights.FILE_WRITE | Rights.DIRECTORY_READ | Rights.DIRECTORY_WRITE;

    private final FsNode base;
    private final @Nullable String preopenName;
    private final Map<Long, String> nameBefore = new HashMap<>();

    Directory(FsNode base, @Nullable String preopenName) {
      super(rightsOf(base), INHERITING);
      this.base = base;
      this.preopenName = preopenName;
    }

    private static long rightsOf(FsNode base) {
      return base instanceof ScratchDirectory
          ? Rights.DIRECTORY_READ | Rights.DIRECTORY_WRITE
          : Rights.DIRECTORY_READ;
    }

    FsNode base() {
      return base;
    }

    @Nullable String preopenName() {
      return preopenName;
    }

    /** The cookies of the last page that was listed: each with the name of the entry before it. */
    Map<Long, String> nameBefore() {
      return nameBefore;
    }

    @Override
    int type() {
      return FsDirectory.TYPE;
    }
  }
}
