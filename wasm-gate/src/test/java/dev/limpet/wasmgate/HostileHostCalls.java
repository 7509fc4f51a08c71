package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.WasiCommand.FREE;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Guests that ask the functions of preview 1 for what nobody may have: lengths of gigabytes,
 * addresses at the edges, a hundred thousand vectors, descriptors that do not exist, paths that
 * leave. An error number is the right answer to each, so most of these guests end well.
 */
final class HostileHostCalls {

  private static final int STORM_CALLS = 400;
  private static final int VECTORS = 100_000;

  private static final int[] EDGES = {
    65_535, 65_536, 131_068, 400_000_000, 0x7fff_ffff, 0x8000_0000, 0xffff_0000, -1
  };

  private HostileHostCalls() {}

  static Stream<HostileGuest> all() {
    List<HostileGuest> guests = new ArrayList<>();
    guests.add(new HostileGuest("a hundred thousand vectors", vectors("fd_write", 1), ""));
    guests.add(new HostileGuest("a hundred thousand to read", vectors("fd_read", 0), ""));
    guests.add(new HostileGuest("reads 400 MB into a page", vector(400_000_000), ""));
    guests.add(new HostileGuest("reads -1 bytes", vector(-1), ""));
    guests.add(new HostileGuest("calls the host for ever", yields(), "out-of-fuel"));
    guests.add(new HostileGuest("sleeps for ever", SampleModules.sleeps(Long.MAX_VALUE), ""));
    for (String path :
        List.of("../../../etc/passwd", "/etc/passwd", "a/../../..", "a".repeat(300))) {
      guests.add(new HostileGuest("opens " + path, opens(path), ""));
    }
    for (int seed = 1; seed <= 8; seed++) {
      guests.add(new HostileGuest("asks the host for anything, " + seed, storm(seed), ""));
    }
    return guests.stream();
  }

  /** So many vectors of 64 KiB each, all of them the same memory. */
  private static byte[] vectors(String call, int fd) {
    WasiCommand command = WasiCommand.withPages(17, call);
    // Fills memory with pairs of (0, 65536): local 0 goes from the end of the list down.
    WasmCode code = new WasmCode().i32(VECTORS * 8).set(0).loop();
    code.get(0).i32(8).sub().tee(0).i32(65_536).op(0x36, 2, 4);
    code.get(0).brIf(0).end();
    code.i32(fd).i32(FREE).i32(VECTORS).i32(WasiCommand.RESULT);
    return command.start("i", code.call(command.function(call)).drop());
  }

  private static byte[] vector(int length) {
    WasiCommand command = WasiCommand.importing("fd_read");
    WasmCode code = new WasmCode().store(FREE, 0).store(FREE + 4, length);
    code.i32(0).i32(FREE).i32(1).i32(WasiCommand.RESULT);
    return command.start("", code.call(command.function("fd_read")).drop());
  }

  private static byte[] yields() {
    WasmBuilder module = new WasmBuilder();
    int yield = module.wasi("sched_yield", ">i");
    WasmCode code = new WasmCode().loop().call(yield).drop().br(0).end();
    return module.memory(1).export("_start", module.function(">", "", code)).build();
  }

  /** Opens a path from each descriptor that it may have; none may be opened. */
  private static byte[] opens(String path) {
    WasiCommand command = WasiCommand.importing("path_open").text(FREE, path);
    WasmCode code = new WasmCode();
    for (int fd = 0; fd < 8; fd++) {
      code.i32(fd).i32(0).i32(FREE).i32(path.length()).i32(0).i64(-1).i64(-1).i32(0);
      code.i32(WasiCommand.RESULT).call(command.function("path_open"));
      code.eqz().when().unreachable().end();
    }
    return command.start("", code);
  }

  /** Calls of all functions with arguments that are edges; the same for the same seed. */
  private static byte[] storm(int seed) {
    Random random = new Random(seed);
    WasmBuilder module = new WasmBuilder();
    List<String> names = new ArrayList<>(WasiPreview1.names());
    names.remove("proc_exit");
    for (String name : names) {
      int _ = module.wasi(name, signature(name));
    }
    WasmCode code = new WasmCode();
    for (int i = 0; i < STORM_CALLS; i++) {
      int function = random.nextInt(names.size());
      arguments(code, signature(names.get(function)), random).call(function).drop();
    }
    byte[] noise = new byte[4096];
    random.nextBytes(noise);
    module.memory(2).exportMemory().data(0, noise);
    return module.export("_start", module.function(">", "", code)).build();
  }

  private static String signature(String name) {
    return String.valueOf(WasiPreview1.signature(name));
  }

  private static WasmCode arguments(WasmCode code, String signature, Random random) {
    for (char letter : signature.substring(0, signature.indexOf('>')).toCharArray()) {
      int value = random.nextBoolean() ? random.nextInt(8) : EDGES[random.nextInt(EDGES.length)];
      if (letter == 'I') {
        code.i64(random.nextBoolean() ? value : (long) value << 32);
      } else {
        code.i32(value);
      }
    }
    return code;
  }
}
