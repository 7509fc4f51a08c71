package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.WasiCommand.FREE;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Guests that want to harm the host or their neighbours, all WASI commands: by never ending, by
 * what they ask the host for, by the work that they make for the JVM's compilers, by pointers and
 * lengths. Each must end in its own failure and in nothing else. Expected with 20 million ticks of
 * fuel, 64 MiB of memory, a wall time of seconds.
 */
public final class HostileGuests {

  private static final String OK = "";
  private static final String TRAP = "guest-trapped";
  private static final String FUEL = "out-of-fuel";

  /** Addresses and lengths at which additions in 32 bits go wrong. */
  private static final int[] EDGES = {65_535, 0x7fff_ffff, 0x8000_0000, -1};

  private HostileGuests() {}

  /** All of them. */
  public static Stream<HostileGuest> all() {
    return Stream.concat(quick(), compilers());
  }

  /** Those that the compiler is done with at once. */
  public static Stream<HostileGuest> quick() {
    return Stream.of(endless(), memory(), HostileHostCalls.all()).flatMap(guests -> guests);
  }

  private static HostileGuest guest(String name, byte[] wasm, String expected) {
    return new HostileGuest(name, wasm, expected);
  }

  private static Stream<HostileGuest> endless() {
    return Stream.of(
        guest("loops for ever", SampleModules.loopsForever(), FUEL),
        guest("loops for ever while it is made", loopsInStart(), FUEL),
        guest("calls itself for ever", SampleModules.recursesForever(), TRAP),
        guest("calls itself through the table", recursesThroughTable(), TRAP),
        guest("calls itself, and the host at each depth", recursesWithHostCalls(), TRAP),
        guest("calls two by two, 2^40 times", doubles(), FUEL),
        guest("fills memory for ever", SampleModules.fillsForever(), FUEL),
        guest("fills its table for ever", fillsTable(), FUEL),
        guest("writes output for ever", SampleModules.floodsOutput(), "answer-cut"),
        guest("writes log for ever", SampleModules.floodsLog(), FUEL));
  }

  private static Stream<HostileGuest> memory() {
    List<HostileGuest> guests = new ArrayList<>();
    guests.add(guest("grows until it fails", SampleModules.growsThenTraps(), "out-of-memory"));
    guests.add(guest("grows and stays", growsThenSpins(), FUEL));
    guests.add(guest("asks for 4 GiB, for ever", asksForever(65_536), FUEL));
    guests.add(guest("asks for -1 pages, for ever", asksForever(-1), FUEL));
    guests.add(guest("writes from a bad pointer", SampleModules.writesFromBadPointer(), TRAP));
    for (int address : EDGES) {
      guests.add(guest("loads at " + hex(address), accesses(address, 0), TRAP));
      guests.add(guest("loads at " + hex(address) + " + 2^32 - 4", accesses(address, -4), TRAP));
      guests.add(guest("fills 2^31 bytes at " + hex(address), fills(address, 0x8000_0000), TRAP));
      guests.add(guest("copies -1 bytes from " + hex(address), copies(address, -1), TRAP));
    }
    return guests.stream();
  }

  private static Stream<HostileGuest> compilers() {
    return Stream.of(
        guest(
            "20 000 functions",
            OversizedModules.functions(GateLimits.MAX_FUNCTIONS - 2).build(),
            OK),
        guest("200 functions of a thousand locals", OversizedModules.totalLocals(199).build(), OK),
        guest("100 switches of 4096 cases", switches(100, GateLimits.MAX_BRANCH_TARGETS), OK),
        guest("4000 blocks inside each other", OversizedModules.nested(4_000).build(), OK),
        guest("400 functions of 600 operations, all hot", hot(400, 600, 100), OK),
        guest("a thousand types", types(GateLimits.MAX_TYPES - 2), OK),
        guest("50 000 segments of data", segments(50_000), OK),
        guest("an operand that is not there", invalid(), "gate-refused"));
  }

  private static String hex(int value) {
    return "0x" + Integer.toHexString(value);
  }

  private static byte[] loopsInStart() {
    WasmBuilder module = new WasmBuilder().memory(1);
    int nothing = module.function(">", "", new WasmCode());
    int loop = module.function(">", "", new WasmCode().loop().br(0).end());
    return module.export("_start", nothing).start(loop).build();
  }

  private static byte[] fillsTable() {
    WasiCommand command = WasiCommand.importing();
    command.module.table(GateLimits.MAX_TABLE_ENTRIES);
    WasmCode code = new WasmCode().loop().i32(0).op(0xd0, 0x70);
    code.i32(GateLimits.MAX_TABLE_ENTRIES).op(0xfc, 17, 0);
    return command.start("", code.br(0).end());
  }

  private static byte[] recursesThroughTable() {
    WasiCommand command = WasiCommand.importing();
    WasmBuilder module = command.module.table(1);
    WasmCode call = new WasmCode().i32(0).op(0x11, module.type(">i"), 0);
    int self = module.function(">i", "", call.i32(1).add());
    module.elements(0, self);
    return command.start("", new WasmCode().call(self).drop());
  }

  /** At some depth the stack would end inside the host, were there no limit before. */
  private static byte[] recursesWithHostCalls() {
    WasiCommand command = WasiCommand.importing("clock_time_get", "random_get");
    WasmBuilder module = command.module;
    int self = module.function(">i", "", new WasmCode().i32(0)) + 1;
    WasmCode code = new WasmCode();
    command.host(code.i32(0).i64(1).i32(FREE), "clock_time_get");
    command.host(code.i32(FREE).i32(8), "random_get");
    command.write(code, WasiCommand.LOG, FREE, 1);
    module.function(">i", "", code.call(self).i32(1).add());
    return command.start("", new WasmCode().call(self).drop());
  }

  /** Forty functions, each of which calls the next one twice. */
  private static byte[] doubles() {
    WasiCommand command = WasiCommand.importing();
    int last = command.module.function(">", "", new WasmCode());
    for (int i = 0; i < 40; i++) {
      last = command.module.function(">", "", new WasmCode().call(last).call(last));
    }
    return command.start("", new WasmCode().call(last));
  }

  private static byte[] growsThenSpins() {
    return WasiCommand.importing().start("", SampleModules.growUntilRefused().loop().br(0).end());
  }

  private static byte[] asksForever(int pages) {
    return WasiCommand.importing()
        .start("", new WasmCode().loop().i32(pages).grow().drop().br(0).end());
  }

  private static byte[] accesses(int address, int offset) {
    WasmCode load = new WasmCode().i32(address).op(0x28, 2);
    byte[] immediate = new WasmBytes().u32(Integer.toUnsignedLong(offset)).toBytes();
    for (byte each : immediate) {
      load.op(each & 0xff);
    }
    return WasiCommand.importing().start("", load.drop());
  }

  private static byte[] fills(int address, int length) {
    return WasiCommand.importing()
        .start("", new WasmCode().i32(address).i32(7).i32(length).op(0xfc, 0x0b, 0));
  }

  private static byte[] copies(int source, int length) {
    return WasiCommand.importing()
        .start("", new WasmCode().i32(0).i32(source).i32(length).op(0xfc, 0x0a, 0, 0));
  }

  private static byte[] switches(int functions, int targets) {
    WasmBuilder module = new WasmBuilder().memory(1);
    int first = module.function(">", "", new WasmCode());
    for (int i = 0; i < functions; i++) {
      WasmCode code = new WasmCode().block().i32(i).op(0x0e);
      for (byte each : new WasmBytes().u32(targets).toBytes()) {
        code.op(each & 0xff);
      }
      for (int target = 0; target <= targets; target++) {
        code.op(0);
      }
      int _ = module.function(">", "", code.end());
    }
    return module.export("_start", first).build();
  }

  /** Much for the JVM's compilers to do that no meter sees. */
  private static byte[] hot(int functions, int operations, int rounds) {
    WasiCommand command = WasiCommand.importing();
    WasmCode all = new WasmCode().i32(rounds).set(0).loop();
    for (int i = 0; i < functions; i++) {
      WasmCode code = new WasmCode().i32(FREE);
      code.i32(i);
      for (int n = 0; n < operations; n++) {
        code.i32(FREE + n).load(0).add();
      }
      all.call(command.module.function(">", "", code.op(0x36, 2, 0)));
    }
    return command.start("i", all.get(0).i32(1).sub().tee(0).brIf(0).end());
  }

  private static byte[] types(int count) {
    WasmBuilder module = new WasmBuilder().memory(1);
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < count; i++) {
      letters.setLength(0);
      for (int bits = i + 2; bits > 1; bits /= 2) {
        letters.append(bits % 2 == 0 ? 'i' : 'I');
      }
      int _ = module.type(letters + ">");
    }
    return module.export("_start", module.function(">", "", new WasmCode())).build();
  }

  private static byte[] segments(int count) {
    WasmBuilder module = new WasmBuilder().memory(1);
    for (int i = 0; i < count; i++) {
      module.data(i, new byte[] {(byte) i});
    }
    return module.export("_start", module.function(">", "", new WasmCode())).build();
  }

  /** The gate does not look at operands, the engine does. */
  private static byte[] invalid() {
    return WasiCommand.importing().start("", new WasmCode().add().drop());
  }
}
