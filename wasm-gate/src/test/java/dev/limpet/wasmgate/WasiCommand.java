package dev.limpet.wasmgate;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * A WASI command in the making: imports by name with their right signatures, a {@code write}
 * function of its own, one memory, {@code _start}. Addresses below {@link #FREE} belong to this
 * class.
 */
final class WasiCommand {
  /** Standard input, output and error, and the first preopened folder. */
  static final int IN = 0;

  static final int OUT = 1;
  static final int LOG = 2;
  static final int FOLDER = 3;

  /** Where host functions put a number. */
  static final int RESULT = 24;

  /** The first address that a sample may use. */
  static final int FREE = 1024;

  /** One iovec: address and length. */
  private static final int IOVEC = 16;

  private static final Map<String, String> SIGNATURES =
      Map.ofEntries(
          Map.entry("args_get", "ii>i"),
          Map.entry("args_sizes_get", "ii>i"),
          Map.entry("clock_time_get", "iIi>i"),
          Map.entry("environ_get", "ii>i"),
          Map.entry("environ_sizes_get", "ii>i"),
          Map.entry("fd_close", "i>i"),
          Map.entry("fd_pread", "iiiIi>i"),
          Map.entry("fd_read", "iiii>i"),
          Map.entry("fd_write", "iiii>i"),
          Map.entry("path_open", "iiiiiIIii>i"),
          Map.entry("poll_oneoff", "iiii>i"),
          Map.entry("proc_exit", "i>"),
          Map.entry("random_get", "ii>i"));

  final WasmBuilder module = new WasmBuilder();
  private final Map<String, Integer> imports = new HashMap<>();
  private int write;

  private WasiCommand() {}

  /** A command with these imports of preview 1 besides {@code fd_write}, and one page of memory. */
  static WasiCommand importing(String... names) {
    return new WasiCommand().declare(names, 1);
  }

  /** The same with more pages. */
  static WasiCommand withPages(int pages, String... names) {
    return new WasiCommand().declare(names, pages);
  }

  private WasiCommand declare(String[] names, int pages) {
    imports.put("fd_write", module.wasi("fd_write", "iiii>i"));
    for (String name : names) {
      String signature = SIGNATURES.get(name);
      if (signature == null) {
        throw new IllegalArgumentException("no signature here for " + name);
      }
      imports.computeIfAbsent(name, missing -> module.wasi(missing, signature));
    }
    module.memory(pages).exportMemory();
    write = module.function("iii>", "i", writeAll());
    return this;
  }

  /** Writes (fd, address, length) in as many calls as it takes; an error of the host is a trap. */
  private WasmCode writeAll() {
    WasmCode code = new WasmCode().loop();
    code.i32(IOVEC).get(1).store(0).i32(IOVEC).get(2).store(4);
    code.get(0).i32(IOVEC).i32(1).i32(RESULT);
    orTrap(code.call(function("fd_write")));
    code.i32(RESULT).load(0).set(3);
    code.get(1).get(3).add().set(1);
    return code.get(2).get(3).sub().tee(2).brIf(0).end();
  }

  int function(String name) {
    Integer index = imports.get(name);
    if (index == null) {
      throw new IllegalArgumentException("not imported: " + name);
    }
    return index;
  }

  /** Calls a host function whose arguments are on the stack, and traps unless it answers 0. */
  WasmCode host(WasmCode code, String name) {
    return orTrap(code.call(function(name)));
  }

  private static WasmCode orTrap(WasmCode code) {
    return code.when().unreachable().end();
  }

  /** Writes a constant range of memory. */
  WasmCode write(WasmCode code, int fd, int address, int length) {
    return code.i32(fd).i32(address).i32(length).call(write);
  }

  /** Calls {@code write} with fd, address and length from the stack. */
  WasmCode write(WasmCode code) {
    return code.call(write);
  }

  /** One {@code fd_write} of a constant range; the count that the host took is left. */
  WasmCode writeOnce(WasmCode code, int fd, int address, int length) {
    code.store(IOVEC, address).store(IOVEC + 4, length);
    return host(code.i32(fd).i32(IOVEC).i32(1).i32(RESULT), "fd_write").i32(RESULT).load(0);
  }

  /**
   * One {@code fd_read} (of a descriptor in a local) into a buffer; the count is left on the stack.
   */
  WasmCode read(WasmCode code, int fdLocal, int address, int length) {
    code.store(IOVEC, address).store(IOVEC + 4, length);
    code.get(fdLocal).i32(IOVEC).i32(1).i32(RESULT);
    return host(code, "fd_read").i32(RESULT).load(0);
  }

  /** One {@code fd_pread} (of a descriptor in a local); the count is left on the stack. */
  WasmCode readAt(WasmCode code, int fdLocal, int address, int length, long offset) {
    code.store(IOVEC, address).store(IOVEC + 4, length);
    code.get(fdLocal).i32(IOVEC).i32(1).i64(offset).i32(RESULT);
    return host(code, "fd_pread").i32(RESULT).load(0);
  }

  /** Opens a path below the first preopened folder for reading; the descriptor goes to a local. */
  WasmCode open(WasmCode code, int pathAddress, int pathLength, int fdLocal) {
    return open(code.i32(FOLDER), pathAddress, pathLength).set(fdLocal);
  }

  /** The same below the folder on the stack; the descriptor is left there. */
  WasmCode open(WasmCode code, int pathAddress, int pathLength) {
    long readSeekTell = 0x26;
    code.i32(0).i32(pathAddress).i32(pathLength).i32(0);
    code.i64(readSeekTell).i64(0).i32(0).i32(RESULT);
    return host(code, "path_open").i32(RESULT).load(0);
  }

  /** Calls {@code proc_exit}. */
  WasmCode exit(WasmCode code, int exitCode) {
    return code.i32(exitCode).call(function("proc_exit"));
  }

  WasiCommand text(int address, String text) {
    module.data(address, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** The module with this code as {@code _start}. */
  byte[] start(String locals, WasmCode code) {
    return module.export("_start", module.function(">", locals, code)).build();
  }
}
