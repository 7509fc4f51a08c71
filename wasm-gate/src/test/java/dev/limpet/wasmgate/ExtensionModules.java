package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.HostileModules.command;
import static dev.limpet.wasmgate.HostileModules.refused;

import java.util.stream.Stream;

/** Modules that use an extension of wasm which is not admitted, wherever it can show. */
final class ExtensionModules {
  private static final int V128 = 0x7b;

  private ExtensionModules() {}

  static Stream<NamedModule> all() {
    return Stream.of(inBodies(), inTypes(), inDeclarations()).flatMap(modules -> modules);
  }

  private static NamedModule body(String rule, String name, int... opcodes) {
    return refused(rule, name, command(new WasmCode().op(opcodes)));
  }

  private static Stream<NamedModule> inBodies() {
    return Stream.of(
        body("simd", "i8x16.splat", 0x41, 0, 0xfd, 0x0f, 0x1a),
        body("threads", "atomic.fence", 0xfe, 0x03, 0x00),
        body("threads", "i32.atomic.load", 0x41, 0, 0xfe, 0x10, 2, 0, 0x1a),
        body("gc", "struct.new_default", 0xfb, 0x01, 0x00, 0x1a),
        body("gc", "ref.eq", 0xd0, 0x70, 0xd0, 0x70, 0xd3, 0x1a),
        body("stringref", "string.new", 0xfb, 0x80, 0x01, 0x00),
        body("tail-call", "return_call", 0x12, 0x00),
        body("tail-call", "return_call_indirect", 0x41, 0, 0x13, 0x00, 0x00),
        body("tail-call", "return_call_ref", 0x15, 0x00),
        body("function-references", "call_ref", 0xd2, 0, 0x14, 0x00),
        body("function-references", "ref.as_non_null", 0xd0, 0x70, 0xd4, 0x1a),
        body("exceptions", "throw", 0x08, 0x00),
        body("exceptions", "try", 0x06, 0x40, 0x0b),
        body("exceptions", "try_table", 0x1f, 0x40, 0x00, 0x0b),
        body("stack-switching", "cont.new", 0xe0, 0x00),
        body("wide-arithmetic", "i64.add128", 0xfc, 19),
        body("unknown-instruction", "0x27", 0x27),
        body("unknown-instruction", "0xfc 99", 0xfc, 99),
        body("multi-memory", "a load from memory 1", 0x41, 0, 0x28, 0x42, 0x01, 0x00, 0x1a),
        body("multi-memory", "memory.size of memory 1", 0x3f, 0x01, 0x1a),
        body("multi-memory", "memory.grow of memory 1", 0x41, 0, 0x40, 0x01, 0x1a),
        refused("table-grow", "table.grow", growsTable()));
  }

  private static WasmBuilder growsTable() {
    return command(new WasmCode().op(0xd0, 0x70).i32(1).op(0xfc, 0x0f, 0x00).drop()).table(1);
  }

  private static NamedModule type(String rule, String name, int... type) {
    WasmBytes section = new WasmBytes().u32(1).bytes(type);
    return refused(rule, name, command().section(WasmBuilder.TYPE, section.toBytes()));
  }

  private static NamedModule local(String rule, String name, int... type) {
    WasmBuilder module = new WasmBuilder();
    byte[] body = new WasmBytes().u32(1).u32(1).bytes(type).bytes(0x0b).toBytes();
    return refused(rule, name, module.export("_start", module.rawFunction(">", body)));
  }

  private static Stream<NamedModule> inTypes() {
    return Stream.of(
        type("simd", "a function of vectors", 0x60, 1, V128, 0),
        type("externref", "a function of externref", 0x60, 1, 0x6f, 0),
        type("gc", "a struct type", 0x5f, 1, 0x7f, 1),
        type("gc", "an array type", 0x5e, 0x7f, 1),
        type("gc", "a recursive group", 0x4e, 1, 0x60, 0, 0),
        type("gc", "a function of anyref", 0x60, 1, 0x6e, 0),
        type("stack-switching", "a continuation type", 0x5d, 0),
        type("function-references", "a function of (ref 0)", 0x60, 1, 0x64, 0, 0),
        type("exceptions", "a function of exnref", 0x60, 1, 0x69, 0),
        type("stringref", "a function of stringref", 0x60, 1, 0x67, 0),
        local("simd", "a local of vectors", V128),
        local("gc", "a local of structref", 0x6b),
        local("externref", "a local of externref", 0x6f));
  }

  private static NamedModule whole(String rule, String name, int section, int... content) {
    byte[] bytes = new WasmBytes().bytes(content).toBytes();
    return refused(rule, name, command().section(section, bytes));
  }

  private static Stream<NamedModule> inDeclarations() {
    return Stream.of(
        whole("shared-memory", "a shared memory", WasmBuilder.MEMORY, 1, 3, 1, 2),
        whole("memory64", "a 64-bit memory", WasmBuilder.MEMORY, 1, 4, 1),
        whole("memory64", "a 64-bit table", WasmBuilder.TABLE, 1, 0x70, 4, 1),
        whole("custom-page-sizes", "pages of a byte", WasmBuilder.MEMORY, 1, 8, 1, 0),
        whole("exceptions", "a tag section", WasmBuilder.TAG, 1, 0, 0),
        whole("externref", "a table of externref", WasmBuilder.TABLE, 1, 0x6f, 0, 1),
        whole(
            "function-references",
            "a table with an initial expression",
            WasmBuilder.TABLE,
            new int[] {1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b}),
        whole(
            "extended-const",
            "a computed global",
            WasmBuilder.GLOBAL,
            new int[] {1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b}),
        whole("simd", "a global vector", WasmBuilder.GLOBAL, vectorGlobal()),
        whole("gc", "a global made by ref.i31", WasmBuilder.GLOBAL, i31Global()));
  }

  private static int[] vectorGlobal() {
    int[] global = new int[3 + 2 + 16 + 1];
    global[0] = 1;
    global[1] = V128;
    global[3] = 0xfd;
    global[4] = 0x0c;
    global[21] = 0x0b;
    return global;
  }

  private static int[] i31Global() {
    return new int[] {1, 0x6c, 0, 0x41, 1, 0xfb, 0x1c, 0x0b};
  }
}
