package dev.limpet.wasmhost.wasi;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The guest's descriptors. New ones take the lowest free number, as POSIX wants. */
final class FdTable {

  private final List<@Nullable Descriptor> table;
  private final int most;

  /** A table that starts with these, in a list of its own, and may have so many more. */
  FdTable(ArrayList<@Nullable Descriptor> initial, int more) {
    table = initial;
    most = initial.size() + more;
  }

  /** The descriptor of that number, or BADF. */
  Descriptor get(long fd) {
    int index = (int) fd;
    Descriptor found = index >= 0 && index < table.size() ? table.get(index) : null;
    if (found == null) {
      throw Errno.BADF.error();
    }
    return found;
  }

  /** The file of that number; BADF for what is no file, SPIPE for a stream. */
  Descriptor.OpenFile file(long fd) {
    return switch (get(fd)) {
      case Descriptor.OpenFile file -> file;
      case Descriptor.Stream stream -> throw Errno.SPIPE.error();
      case Descriptor.Directory directory -> throw Errno.BADF.error();
    };
  }

  /** The directory of that number; NOTDIR for what is none. */
  Descriptor.Directory directory(long fd) {
    if (get(fd) instanceof Descriptor.Directory directory) {
      return directory;
    }
    throw Errno.NOTDIR.error();
  }

  /** Fails with NOTCAPABLE when the guest has given up a right that a function needs. */
  void require(List<Rights.Need> needs, long[] arguments) {
    for (int i = 0; i < needs.size(); i++) {
      Rights.Need need = needs.get(i);
      int index = (int) arguments[need.argument()];
      Descriptor found = index >= 0 && index < table.size() ? table.get(index) : null;
      if (found != null) {
        found.require(need.right());
      }
    }
  }

  /** All that is open, in the order of the numbers. */
  Iterable<@Nullable Descriptor> all() {
    return table;
  }

  /** Fails with MFILE when there is no number left. */
  void requireRoom() {
    if (lowestFree() >= most) {
      throw Errno.MFILE.error();
    }
  }

  /** Gives the descriptor a number. */
  int add(Descriptor descriptor) {
    requireRoom();
    int fd = lowestFree();
    if (fd == table.size()) {
      table.add(descriptor);
    } else {
      table.set(fd, descriptor);
    }
    return fd;
  }

  private int lowestFree() {
    int free = table.indexOf(null);
    return free < 0 ? table.size() : free;
  }

  void close(long fd) {
    get(fd).close();
    table.set((int) fd, null);
  }

  /** Moves the first onto the second, which is closed. Both must be open. */
  void renumber(long from, long to) {
    Descriptor moved = get(from);
    Descriptor replaced = get(to);
    if (moved != replaced) {
      replaced.close();
      table.set((int) to, moved);
      table.set((int) from, null);
    }
  }
}
