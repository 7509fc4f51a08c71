package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmhost.data.DataMount;
import dev.limpet.wasmhost.engine.Budget;
import dev.limpet.wasmhost.engine.Compiler;
import dev.limpet.wasmhost.engine.GuestLimits;
import dev.limpet.wasmhost.engine.GuestMemory;
import dev.limpet.wasmhost.engine.GuestWorld;
import dev.limpet.wasmhost.engine.HostFunction;
import dev.limpet.wasmhost.engine.HostFunctions;
import dev.limpet.wasmhost.engine.ModuleCache;
import dev.limpet.wasmhost.engine.StopSignal;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.spec.SecretKeySpec;

/** Plays a guest: lays strings and buffers out in a memory and calls host functions by name. */
final class WasiGuest {

  static final long BASE_NANOS = 1_700_000_000_000_000_000L;
  static final long SCRATCH = 1 << 20;

  /** Where results go. */
  static final int RESULT = 64;

  private static final int STRINGS = 1024;
  private static final int BUFFER = 16_384;
  private static final int IOVEC = 128;

  private static final Map<String, HostFunction> FUNCTIONS = new HashMap<>();

  static {
    Preview1.functions().forEach(function -> FUNCTIONS.put(function.name(), function));
  }

  final GuestMemory memory;
  final ByteArrayOutputStream output = new ByteArrayOutputStream();
  final LogBuffer log = new LogBuffer(4096);
  final Budget budget = new Budget(64 << 20);
  final Budget.Lease lease = budget.lease();
  final StopSignal signal = new StopSignal();
  private InputStream input = InputStream.nullInputStream();
  private final List<WasiSetup.NamedMount> mounts = new ArrayList<>();

  private WasiGuest(Path directory, DataMount[] data, String input) {
    if (!input.isEmpty()) {
      this.input = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
    }
    for (int i = 0; i < data.length; i++) {
      mounts.add(new WasiSetup.NamedMount("/data" + (i == 0 ? "" : i), data[i]));
    }
    WasiSetup setup =
        new WasiSetup(
            new WasiSetup.Program(List.of("function", "one"), Map.of("KEY", "value")),
            new WasiSetup.Streams(this.input, output, 1000, log),
            new WasiSetup.Files(null, mounts, 8, SCRATCH, lease),
            BASE_NANOS,
            () -> new byte[32]);
    WasiState state = new WasiState(setup, signal);
    GuestLimits limits = new GuestLimits(1 << 20, 1_000_000_000, 100);
    memory = memory(directory, limits, state);
  }

  private GuestMemory memory(Path directory, GuestLimits limits, WasiState state) {
    try {
      byte[] wasm = SampleModules.hello();
      ModuleCache cache =
          new ModuleCache(
              new HostFunctions(Preview1.functions()),
              Compiler.inThisProcess(),
              new ModuleCache.Storage(
                  directory, new SecretKeySpec(new byte[32], "HmacSHA256"), 1 << 20, 1 << 20),
              module -> {});
      GuestMemory guest =
          cache
              .compile(ModuleCache.sha256(wasm), wasm)
              .module()
              .memory(new GuestWorld(limits, lease, signal, state));
      while (guest.size() < 8 * 65_536) {
        int _ = guest.grow(1);
      }
      return guest;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static WasiGuest with(Path directory, DataMount... data) {
    return new WasiGuest(directory, data, "");
  }

  static WasiGuest reading(Path directory, String input) {
    return new WasiGuest(directory, new DataMount[0], input);
  }

  /** Calls a function and gives its error number by name. */
  Errno call(String name, long... arguments) {
    HostFunction function = Objects.requireNonNull(FUNCTIONS.get(name), name);
    if (function.parameters().length() != arguments.length) {
      throw new IllegalArgumentException(name + " takes " + function.parameters());
    }
    long code = function.body().call(memory, arguments);
    for (Errno errno : Errno.values()) {
      if (errno.code() == code) {
        return errno;
      }
    }
    throw new IllegalStateException("unknown error number " + code);
  }

  /** Lays a string out and gives its length. */
  private long string(int address, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, memory.array(), address, bytes.length);
    return bytes.length;
  }

  /** A call that takes a path after the given arguments, and then others. */
  Errno onPath(String name, long fd, String path, long... others) {
    long[] arguments = new long[3 + others.length];
    arguments[0] = fd;
    arguments[1] = STRINGS;
    arguments[2] = string(STRINGS, path);
    System.arraycopy(others, 0, arguments, 3, others.length);
    return call(name, arguments);
  }

  Errno rename(long fromFd, String from, long toFd, String to) {
    long fromLength = string(STRINGS, from);
    long toLength = string(STRINGS + 5000, to);
    return call("path_rename", fromFd, STRINGS, fromLength, toFd, STRINGS + 5000, toLength);
  }

  Errno stat(long fd, String path, boolean follow) {
    long length = string(STRINGS, path);
    return call("path_filestat_get", fd, follow ? 1 : 0, STRINGS, length, RESULT);
  }

  /** What {@code path_open} answers; the descriptor is the result. */
  Errno tryOpen(long fd, String path, int how, long rights) {
    long length = string(STRINGS, path);
    return call("path_open", fd, 1, STRINGS, length, how, rights, 0, 0, RESULT);
  }

  /** Opens for reading. */
  int open(long fd, String path) {
    return opened(tryOpen(fd, path, 0, Rights.FILE_READ));
  }

  /** Opens, reads up to 1000 bytes, closes. */
  String content(long fd, String path) {
    int opened = open(fd, path);
    String text = read(opened, 1000);
    call("fd_close", opened);
    return text;
  }

  /** Creates, or empties, for reading and writing. */
  int create(long fd, String path) {
    return opened(tryOpen(fd, path, 1 | 8, Rights.FILE_READ | Rights.FILE_WRITE));
  }

  private int opened(Errno errno) {
    if (errno != Errno.SUCCESS) {
      throw new IllegalStateException("open: " + errno);
    }
    return memory.getInt(RESULT);
  }

  /** Reads up to so many bytes at the descriptor's position. */
  String read(long fd, int length) {
    iovec(0, BUFFER, length);
    return text(call("fd_read", fd, IOVEC, 1, RESULT));
  }

  String pread(long fd, int length, long offset) {
    iovec(0, BUFFER, length);
    return text(call("fd_pread", fd, IOVEC, 1, offset, RESULT));
  }

  private String text(Errno errno) {
    if (errno != Errno.SUCCESS) {
      return errno.name();
    }
    return new String(memory.array(), BUFFER, memory.getInt(RESULT), StandardCharsets.UTF_8);
  }

  Errno write(long fd, String text) {
    iovec(0, BUFFER, (int) string(BUFFER, text));
    return call("fd_write", fd, IOVEC, 1, RESULT);
  }

  Errno pwrite(long fd, String text, long offset) {
    iovec(0, BUFFER, (int) string(BUFFER, text));
    return call("fd_pwrite", fd, IOVEC, 1, offset, RESULT);
  }

  /** Lays out one entry of a table of buffers. */
  void iovec(int index, int address, int length) {
    memory.putInt(IOVEC + 8 * index, address);
    memory.putInt(IOVEC + 8 * index + 4, length);
  }

  long iovecs() {
    return IOVEC;
  }

  int result() {
    return memory.getInt(RESULT);
  }

  /** Names in a directory, without the two with which each begins. */
  List<String> list(long fd, int bufferBytes) {
    List<String> all = listAll(fd, bufferBytes);
    return all.size() < 2 ? all : all.subList(2, all.size());
  }

  /** All names that a listing gives, with a buffer of that size, going on from the last whole. */
  List<String> listAll(long fd, int bufferBytes) {
    List<String> names = new ArrayList<>();
    long cookie = 0;
    while (true) {
      Errno errno = call("fd_readdir", fd, BUFFER, bufferBytes, cookie, RESULT);
      if (errno != Errno.SUCCESS) {
        return List.of(errno.name());
      }
      int used = memory.getInt(RESULT);
      int at = 0;
      while (at + 24 <= used && at + 24 + memory.getInt(BUFFER + at + 16) <= used) {
        int length = memory.getInt(BUFFER + at + 16);
        byte[] name = new byte[length];
        System.arraycopy(memory.array(), BUFFER + at + 24, name, 0, length);
        names.add(new String(name, StandardCharsets.UTF_8));
        cookie = memory.getLong(BUFFER + at);
        at += 24 + length;
      }
      if (used < bufferBytes) {
        return names;
      }
      if (at == 0) {
        throw new IllegalStateException("no entry fits in " + bufferBytes);
      }
    }
  }
}
