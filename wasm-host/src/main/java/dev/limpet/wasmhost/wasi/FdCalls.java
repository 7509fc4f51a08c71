package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;
import java.nio.charset.StandardCharsets;

/** The functions that begin with {@code fd_}. */
final class FdCalls {

  /** Buffers in one read or write, as IOV_MAX on Linux. */
  static final int MAX_BUFFERS = 1024;

  static final int FLAG_APPEND = 1;

  /** Flags that a descriptor may carry: all that preview 1 has. */
  static final int ALL_FLAGS = 31;

  private static final int SET = 0;
  private static final int CURRENT = 1;
  private static final int END = 2;

  private FdCalls() {}

  static void addTo(Preview1 table) {
    table.add("fd_advise", "iIIi", FdCalls::advise);
    table.add("fd_allocate", "iII", FdCalls::allocate);
    table.add("fd_close", "i", FdCalls::close);
    table.add("fd_datasync", "i", FdCalls::sync);
    table.add("fd_fdstat_get", "ii", FdCalls::fdstat);
    table.add("fd_fdstat_set_flags", "ii", FdCalls::setFlags);
    table.add("fd_fdstat_set_rights", "iII", FdCalls::setRights);
    table.add("fd_filestat_get", "ii", FdCalls::filestat);
    table.add("fd_filestat_set_size", "iI", FdCalls::setSize);
    table.add("fd_filestat_set_times", "iIIi", FdCalls::setTimes);
    table.add("fd_pread", "iiiIi", FdCalls::pread);
    table.add("fd_prestat_dir_name", "iii", FdCalls::preopenName);
    table.add("fd_prestat_get", "ii", FdCalls::preopen);
    table.add("fd_pwrite", "iiiIi", FdCalls::pwrite);
    table.add("fd_read", "iiii", FdCalls::read);
    table.add("fd_readdir", "iiiIi", Listing::readdir);
    table.add("fd_renumber", "ii", FdCalls::renumber);
    table.add("fd_seek", "iIii", FdCalls::seek);
    table.add("fd_sync", "i", FdCalls::sync);
    table.add("fd_tell", "ii", FdCalls::tell);
    table.add("fd_write", "iiii", FdCalls::write);
  }

  private static Errno close(WasiState state, GuestMemory memory, long[] a) {
    state.descriptors().close(a[0]);
    return Errno.SUCCESS;
  }

  /** Nothing here survives the guest, so there is nothing to wait for. */
  private static Errno sync(WasiState state, GuestMemory memory, long[] a) {
    Descriptor _ = state.descriptors().get(a[0]);
    return Errno.SUCCESS;
  }

  private static Errno renumber(WasiState state, GuestMemory memory, long[] a) {
    state.descriptors().renumber(a[0], a[1]);
    return Errno.SUCCESS;
  }

  private static Errno advise(WasiState state, GuestMemory memory, long[] a) {
    Descriptor _ = state.descriptors().file(a[0]);
    boolean valid = a[1] >= 0 && a[2] >= 0 && a[3] >= 0 && a[3] <= 5;
    return valid ? Errno.SUCCESS : Errno.INVAL;
  }

  private static Errno allocate(WasiState state, GuestMemory memory, long[] a) {
    ScratchFile file = writable(state.descriptors().file(a[0]));
    if (a[1] < 0 || a[2] <= 0 || a[1] + a[2] < 0) {
      return Errno.INVAL;
    }
    if (a[1] + a[2] > file.size()) {
      file.setSize(a[1] + a[2], state.clock().now(VirtualClock.REALTIME, memory));
    }
    return Errno.SUCCESS;
  }

  private static Errno setSize(WasiState state, GuestMemory memory, long[] a) {
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    writable(state.descriptors().file(a[0])).setSize(a[1], now);
    return Errno.SUCCESS;
  }

  private static Errno setTimes(WasiState state, GuestMemory memory, long[] a) {
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    switch (state.descriptors().get(a[0])) {
      case Descriptor.Stream stream -> throw Errno.INVAL.error();
      case Descriptor.OpenFile file -> FileTimes.set(file.file(), a[1], a[2], (int) a[3], now);
      case Descriptor.Directory directory ->
          FileTimes.set(directory.base(), a[1], a[2], (int) a[3], now);
    }
    return Errno.SUCCESS;
  }

  private static ScratchFile writable(Descriptor.OpenFile open) {
    if (open.file() instanceof ScratchFile file && (open.rights() & Rights.FD_WRITE) != 0) {
      return file;
    }
    throw Errno.BADF.error();
  }

  private static Errno fdstat(WasiState state, GuestMemory memory, long[] a) {
    Descriptor descriptor = state.descriptors().get(a[0]);
    int at = memory.at((int) a[1], 24);
    memory.putLong(at, 0);
    memory.putByte(at, descriptor.type());
    memory.putShort(at + 2, descriptor.flags());
    memory.putLong(at + 8, descriptor.rights());
    memory.putLong(at + 16, descriptor.inheriting());
    return Errno.SUCCESS;
  }

  private static Errno setFlags(WasiState state, GuestMemory memory, long[] a) {
    Descriptor descriptor = state.descriptors().get(a[0]);
    if ((a[1] & ~ALL_FLAGS) != 0) {
      return Errno.INVAL;
    }
    descriptor.setFlags((int) a[1]);
    return Errno.SUCCESS;
  }

  private static Errno setRights(WasiState state, GuestMemory memory, long[] a) {
    state.descriptors().get(a[0]).setRights(a[1], a[2]);
    return Errno.SUCCESS;
  }

  private static Errno filestat(WasiState state, GuestMemory memory, long[] a) {
    int at = memory.at((int) a[1], FileTimes.STAT_BYTES);
    switch (state.descriptors().get(a[0])) {
      case Descriptor.Stream stream -> {
        FileTimes.clear(memory, at);
        memory.putByte(at + 16, stream.type());
        memory.putLong(at + 24, 1);
      }
      case Descriptor.OpenFile file -> FileTimes.stat(memory, at, file.file());
      case Descriptor.Directory directory -> {
        FileTimes.stat(memory, at, directory.base());
        memory.putByte(at + 16, directory.type());
      }
    }
    return Errno.SUCCESS;
  }

  private static Errno preopen(WasiState state, GuestMemory memory, long[] a) {
    String name = nameOfPreopen(state.descriptors().get(a[0]));
    int at = memory.at((int) a[1], 8);
    memory.putInt(at, 0);
    memory.putInt(at + 4, name.length());
    return Errno.SUCCESS;
  }

  private static Errno preopenName(WasiState state, GuestMemory memory, long[] a) {
    byte[] name = nameOfPreopen(state.descriptors().get(a[0])).getBytes(StandardCharsets.UTF_8);
    if (Integer.toUnsignedLong((int) a[2]) < name.length) {
      return Errno.NAMETOOLONG;
    }
    int at = memory.at((int) a[1], name.length);
    System.arraycopy(name, 0, memory.array(), at, name.length);
    return Errno.SUCCESS;
  }

  private static String nameOfPreopen(Descriptor descriptor) {
    if (descriptor instanceof Descriptor.Directory directory && directory.preopenName() != null) {
      return directory.preopenName();
    }
    throw Errno.BADF.error();
  }

  private static Errno seek(WasiState state, GuestMemory memory, long[] a) {
    Descriptor.OpenFile open = state.descriptors().file(a[0]);
    long base =
        switch ((int) a[2]) {
          case SET -> 0;
          case CURRENT -> open.position();
          case END -> open.file().size();
          default -> throw Errno.INVAL.error();
        };
    long position = base + a[1];
    if (position < 0) {
      return base > 0 && a[1] > 0 ? Errno.OVERFLOW : Errno.INVAL;
    }
    memory.putLong((int) a[3], position);
    open.setPosition(position);
    return Errno.SUCCESS;
  }

  private static Errno tell(WasiState state, GuestMemory memory, long[] a) {
    memory.putLong((int) a[1], state.descriptors().file(a[0]).position());
    return Errno.SUCCESS;
  }

  private static Errno read(WasiState state, GuestMemory memory, long[] a) {
    Buffers buffers = new Buffers(memory, a[1], a[2]);
    int result = memory.at((int) a[3], 4);
    long total =
        switch (state.descriptors().get(a[0])) {
          case Descriptor.Stream stream -> readStream(state, memory, stream, buffers);
          case Descriptor.OpenFile open -> {
            long count = readFile(state, memory, open, buffers, open.position());
            open.setPosition(open.position() + count);
            yield count;
          }
          case Descriptor.Directory directory -> throw Errno.ISDIR.error();
        };
    memory.putInt(result, (int) total);
    return Errno.SUCCESS;
  }

  /** One buffer after the other as long as they come full: a stream is not waited for twice. */
  private static long readStream(
      WasiState state, GuestMemory memory, Descriptor.Stream stream, Buffers buffers) {
    if (stream.kind() != Descriptor.Stream.Kind.INPUT) {
      throw Errno.BADF.error();
    }
    long total = 0;
    for (int i = 0; i < buffers.count(); i++) {
      Span span = buffers.get(i, total);
      int count = state.readInput(span);
      state.chargeBytes(memory, count);
      total += count;
      if (count < span.length()) {
        break;
      }
    }
    return total;
  }

  private static Errno pread(WasiState state, GuestMemory memory, long[] a) {
    Descriptor.OpenFile open = state.descriptors().file(a[0]);
    if (a[3] < 0) {
      return Errno.INVAL;
    }
    int result = memory.at((int) a[4], 4);
    Buffers buffers = new Buffers(memory, a[1], a[2]);
    memory.putInt(result, (int) readFile(state, memory, open, buffers, a[3]));
    return Errno.SUCCESS;
  }

  /** Fills the buffers, or reaches the end of the file. */
  private static long readFile(
      WasiState state, GuestMemory memory, Descriptor.OpenFile open, Buffers buffers, long from) {
    if ((open.rights() & Rights.FD_READ) == 0) {
      throw Errno.BADF.error();
    }
    long total = 0;
    for (int i = 0; i < buffers.count(); i++) {
      Span span = buffers.get(i, total);
      int count = open.file().read(from + total, span, state.signal());
      state.chargeBytes(memory, count);
      total += count;
      if (count < span.length()) {
        break;
      }
    }
    return total;
  }

  private static Errno write(WasiState state, GuestMemory memory, long[] a) {
    Buffers buffers = new Buffers(memory, a[1], a[2]);
    int result = memory.at((int) a[3], 4);
    long total =
        switch (state.descriptors().get(a[0])) {
          case Descriptor.Stream stream -> writeStream(state, memory, stream, buffers);
          case Descriptor.OpenFile open -> {
            boolean append = (open.flags() & FLAG_APPEND) != 0;
            long from = append ? open.file().size() : open.position();
            long count = writeFile(state, memory, open, buffers, from);
            open.setPosition(from + count);
            yield count;
          }
          case Descriptor.Directory directory -> throw Errno.BADF.error();
        };
    memory.putInt(result, (int) total);
    return Errno.SUCCESS;
  }

  private static long writeStream(
      WasiState state, GuestMemory memory, Descriptor.Stream stream, Buffers buffers) {
    long total = 0;
    for (int i = 0; i < buffers.count(); i++) {
      Span span = buffers.get(i, total);
      state.chargeBytes(memory, span.length());
      switch (stream.kind()) {
        case INPUT -> throw Errno.BADF.error();
        case OUTPUT -> state.writeOutput(span);
        case LOG -> state.writeLog(span);
      }
      total += span.length();
    }
    return total;
  }

  private static Errno pwrite(WasiState state, GuestMemory memory, long[] a) {
    Descriptor.OpenFile open = state.descriptors().file(a[0]);
    if (a[3] < 0) {
      return Errno.INVAL;
    }
    int result = memory.at((int) a[4], 4);
    Buffers buffers = new Buffers(memory, a[1], a[2]);
    memory.putInt(result, (int) writeFile(state, memory, open, buffers, a[3]));
    return Errno.SUCCESS;
  }

  private static long writeFile(
      WasiState state, GuestMemory memory, Descriptor.OpenFile open, Buffers buffers, long from) {
    ScratchFile file = writable(open);
    long now = state.clock().now(VirtualClock.REALTIME, memory);
    long total = 0;
    for (int i = 0; i < buffers.count(); i++) {
      Span span = buffers.get(i, total);
      state.chargeBytes(memory, span.length());
      if (from + total < 0) {
        throw Errno.FBIG.error();
      }
      int count = total == 0 ? file.write(from, span, now) : file.writeMore(from + total, span);
      total += count;
      if (count < span.length()) {
        break;
      }
    }
    return total;
  }
}
