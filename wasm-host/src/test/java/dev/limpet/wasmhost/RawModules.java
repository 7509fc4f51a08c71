package dev.limpet.wasmhost;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;

/** Raw functions that have a state, to see whether it outlives a call. */
public final class RawModules {

  private static final int INPUT = 1024;
  private static final int ANSWER = 4096;
  private static final int CELL = 8192;
  private static final int COPIED = 9000;
  private static final int PAGE = 65_536;
  private static final long BYTES_OF_ANSWER = (long) ANSWER << 32;

  /** What {@link #dirtiesEverything()} finds when nobody was there before it. */
  static final byte[] CLEAN = {7, 5, 9, 1, 3, 0, 'P', 2};

  private RawModules() {}

  private static byte[] built(WasmBuilder module, int handle) {
    int alloc = module.function("i>i", "", new WasmCode().i32(INPUT));
    return module.exportMemory().export("alloc", alloc).export("handle", handle).build();
  }

  /** Stores what the code leaves on the stack as a byte of the answer. */
  private static WasmCode answer(WasmCode code, int index, WasmCode value) {
    return code.i32(ANSWER + index).append(value).op(0x3a, 0, 0);
  }

  private static WasmCode byteAt(int address) {
    return new WasmCode().i32(address).op(0x2d, 0, 0);
  }

  private static WasmCode storeByte(WasmCode code, int address, WasmCode value) {
    return code.i32(address).append(value).op(0x3a, 0, 0);
  }

  /**
   * Answers what it finds of everything that an instance can change, and then changes all of it:
   * memory, also a page that it grows by, two globals, its table, a data segment and an element
   * segment that it drops. Its start function and {@code _initialize} have changed some before.
   */
  public static byte[] dirtiesEverything() {
    WasmBuilder module = new WasmBuilder().memory(2).table(2).global(0).longGlobal(9);
    int one = module.function(">i", "", new WasmCode().i32(1));
    int two = module.function(">i", "", new WasmCode().i32(2));
    module.elements(0, one, one).passiveElements(two).passiveData(new byte[] {'P'});
    WasmCode begin = new WasmCode().i32(1).grow().drop().i32(5).setGlobal(0);
    module.start(module.function(">", "", begin));
    WasmCode more = storeByte(new WasmCode(), CELL, byteAt(CELL).i32(7).add());
    module.export("_initialize", module.function(">", "", more));

    WasmCode code = answer(new WasmCode(), 0, byteAt(CELL));
    storeByte(code, CELL, byteAt(CELL).i32(1).add());
    answer(code, 1, new WasmCode().getGlobal(0));
    code.getGlobal(0).i32(1).add().setGlobal(0);
    // i32.wrap_i64 and i64.add.
    answer(code, 2, new WasmCode().getGlobal(1).op(0xa7));
    code.getGlobal(1).i64(1).op(0x7c).setGlobal(1);
    answer(code, 4, new WasmCode().op(0x3f, 0));
    code.i32(2).grow().drop();
    answer(code, 5, byteAt(4 * PAGE + 100));
    storeByte(code, 4 * PAGE + 100, new WasmCode().i32(0xff));
    // memory.init and data.drop.
    code.i32(COPIED).i32(0).i32(1).op(0xfc, 0x08, 0, 0).op(0xfc, 0x09, 0);
    answer(code, 6, byteAt(COPIED));
    tables(code, module.type(">i"));
    return built(module, module.function("ii>I", "", code.i64(BYTES_OF_ANSWER | CLEAN.length)));
  }

  private static void tables(WasmCode code, int type) {
    answer(code, 3, new WasmCode().i32(0).op(0x11, type, 0));
    // table.init and elem.drop.
    code.i32(1).i32(0).i32(1).op(0xfc, 0x0c, 1, 0).op(0xfc, 0x0d, 1);
    answer(code, 7, new WasmCode().i32(1).op(0x11, type, 0));
    // table.copy of entry 1 to entry 0.
    code.i32(0).i32(1).i32(1).op(0xfc, 0x0e, 0, 0);
  }

  /**
   * Answers how many calls it has had, in a byte, or does what the first byte of its input says:
   * {@code t} traps, {@code l} never ends, {@code d} calls itself for ever.
   */
  public static byte[] counts() {
    WasmBuilder module = new WasmBuilder().memory(1).global(0);
    int deep = module.function(">", "", new WasmCode().call(0));
    WasmCode code = new WasmCode().getGlobal(0).i32(1).add().setGlobal(0);
    answer(code, 0, new WasmCode().getGlobal(0));
    when(code, 't', new WasmCode().unreachable());
    when(code, 'l', new WasmCode().loop().br(0).end());
    when(code, 'd', new WasmCode().call(deep));
    return built(module, module.function("ii>I", "", code.i64(BYTES_OF_ANSWER | 1)));
  }

  private static void when(WasmCode code, char letter, WasmCode then) {
    code.append(byteAt(INPUT)).i32(letter).equal().when().append(then).end();
  }

  /** Has so many pages, and answers this byte. */
  static byte[] answers(int pages, int value) {
    WasmBuilder module = new WasmBuilder().memory(pages);
    WasmCode code = answer(new WasmCode(), 0, new WasmCode().i32(value));
    return built(module, module.function("ii>I", "", code.i64(BYTES_OF_ANSWER | 1)));
  }

  /** Asks for three more pages at its start, and answers how many it has, in a byte. */
  static byte[] growsAtStart() {
    WasmBuilder module = new WasmBuilder().memory(1);
    module.start(module.function(">", "", new WasmCode().i32(3).grow().drop()));
    WasmCode code = answer(new WasmCode(), 0, new WasmCode().op(0x3f, 0));
    return built(module, module.function("ii>I", "", code.i64(BYTES_OF_ANSWER | 1)));
  }

  /** A command that is a raw function as well, so that it imports something; counts its calls. */
  static byte[] countsWithImport() {
    WasmBuilder module = new WasmBuilder();
    module.wasi("proc_exit", "i>");
    module.memory(1).global(0).export("_start", module.function(">", "", new WasmCode()));
    WasmCode code = new WasmCode().getGlobal(0).i32(1).add().setGlobal(0);
    answer(code, 0, new WasmCode().getGlobal(0));
    return built(module, module.function("ii>I", "", code.i64(BYTES_OF_ANSWER | 1)));
  }

  /** Of another kind: needs so many pages and ends. */
  static byte[] command(int pages) {
    WasmBuilder module = new WasmBuilder().memory(pages);
    return module.export("_start", module.function(">", "", new WasmCode())).build();
  }

  public static byte[] echo() {
    return SampleModules.raw();
  }
}
