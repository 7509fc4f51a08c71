package dev.limpet.wasmhost;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;

/** A module that uses a little of everything: tables, globals, floats, bulk memory, many blocks. */
public final class VariedModule {

  private VariedModule() {}

  public static byte[] bytes() {
    WasmBuilder module = new WasmBuilder();
    int write = module.wasi("fd_write", "iiii>i");
    int exit = module.wasi("proc_exit", "i>");
    module.memory(1, 4).exportMemory().table(4).global(7).global(9);
    int add = module.function("ii>i", "", new WasmCode().get(0).get(1).add());
    int floats = module.function("fF>F", "F", floats());
    int loop = module.function("i>I", "iI", loop());
    WasmCode start = new WasmCode().i32(1).i32(2).call(add).drop();
    start.op(0x43, 0, 0, 0x80, 0x3f).op(0x44, 0, 0, 0, 0, 0, 0, 0, 0x40).call(floats).drop();
    start.i32(20).call(loop).drop();
    start.i32(3).i32(4).i32(1).op(0x11, module.type("ii>i"), 0).drop();
    start.i32(1).i32(64).i32(1).i32(32).call(write).drop();
    start.i32(1).grow().drop();
    start.i32(100).i32(5).i32(50).op(0xfc, 0x0b, 0); // memory.fill
    start.i32(200).i32(100).i32(50).op(0xfc, 0x0a, 0, 0); // memory.copy
    start.i32(0).i32(1).i32(1).op(0xfc, 0x0e, 0, 0); // table.copy
    start.getGlobal(0).getGlobal(1).add().setGlobal(0);
    start.i32(0).call(exit);
    return module
        .export("_start", module.function(">", "iI", start))
        .elements(0, add, add, add)
        .data(64, new byte[] {100, 0, 0, 0, 5, 0, 0, 0})
        .build();
  }

  /** Adds, divides, compares, rounds, converts. */
  private static WasmCode floats() {
    WasmCode code = new WasmCode().get(0).op(0xbb).get(1).op(0xa0).set(2);
    code.get(2).get(1).op(0xa3).op(0x9f).get(2).get(1).op(0x63).drop();
    return code.op(0xfc, 2).drop().get(2).op(0x9c);
  }

  /** A loop with a switch in it. */
  private static WasmCode loop() {
    WasmCode code = new WasmCode().loop().block().block().block().get(0).i32(3).op(0x71);
    code.op(0x0e, 2, 0, 1, 2).end().get(2).i64(3).op(0x7c).set(2).end();
    code.get(2).i64(5).op(0x7e).set(2).end();
    return code.get(0).i32(1).sub().tee(0).brIf(0).end().get(2);
  }
}
