package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.HostileModules.command;
import static dev.limpet.wasmgate.HostileModules.refused;

import java.util.Arrays;
import java.util.stream.Stream;

/** One module beyond each limit of {@link GateLimits}, by as little as possible. */
final class OversizedModules {
  private static final int PAGES_OF_PURE_0 = 1024;

  private OversizedModules() {}

  static Stream<NamedModule> all() {
    return Stream.of(declarations(), code(), segments()).flatMap(modules -> modules);
  }

  private static Stream<NamedModule> declarations() {
    return Stream.of(
        new NamedModule(
            "16 MiB and a byte", new byte[GateLimits.MAX_MODULE_BYTES + 1], "module-too-large"),
        refused("too-many-types", "1001 types", types(GateLimits.MAX_TYPES + 1)),
        refused("type-too-wide", "101 parameters", wide("i".repeat(101) + ">")),
        refused("type-too-wide", "101 results", wide(">" + "i".repeat(101))),
        refused("too-many-imports", "201 imports", imports(GateLimits.MAX_IMPORTS + 1)),
        refused("too-many-functions", "20 001 functions", functions(GateLimits.MAX_FUNCTIONS)),
        refused("too-many-globals", "1001 globals", globals(GateLimits.MAX_GLOBALS + 1)),
        refused("too-many-exports", "1001 exports", exports(GateLimits.MAX_EXPORTS)),
        refused("table-too-large", "65 537 entries", command().table(65_537)),
        refused("multi-table", "two tables", command().table(1).table(1)),
        refused("multi-memory", "two memories", command().memory(1)),
        refused(
            "memory-over-profile", "64 MiB and a page", withMemory(PAGES_OF_PURE_0 + 1, 65_536)),
        refused("memory-too-large", "1 GiB and a page", withMemory(16_385, 65_536)),
        refused("name-too-long", "a long export", command().export("x".repeat(1025), 0)),
        refused("too-many-custom-sections", "101 custom sections", customs(101)));
  }

  private static Stream<NamedModule> code() {
    return Stream.of(
        refused(
            "body-too-large", "a body of 128 KiB and a few bytes", nops(GateLimits.MAX_BODY_BYTES)),
        refused("too-many-instructions", "four million instructions", instructions()),
        refused("too-many-locals", "1001 locals", command("i".repeat(1001), new WasmCode())),
        refused("too-many-locals", "2^32 - 1 locals in 6 bytes", localsInOneGroup(0xffff_ffffL)),
        refused("too-many-total-locals", "201 functions of 1000 locals", totalLocals(201)),
        refused("br-table-too-large", "4097 targets", branches(GateLimits.MAX_BRANCH_TARGETS + 1)),
        refused("nesting-too-deep", "4097 blocks", nested(GateLimits.MAX_NESTING + 1)),
        refused("type-too-wide", "a block of 101 parameters", wideBlock()));
  }

  private static Stream<NamedModule> segments() {
    return Stream.of(
        refused(
            "too-many-data-segments", "100 001 segments", data(GateLimits.MAX_DATA_SEGMENTS + 1)),
        refused(
            "too-many-element-segments",
            "1001 segments",
            elementSegments(GateLimits.MAX_ELEMENT_SEGMENTS + 1)),
        refused("too-many-elements", "65 537 elements", elements(GateLimits.MAX_ELEMENTS + 1)));
  }

  private static WasmBuilder types(int count) {
    WasmBytes section = new WasmBytes().u32(count);
    for (int i = 0; i < count; i++) {
      section.bytes(0x60, 0, 0);
    }
    return command().section(WasmBuilder.TYPE, section.toBytes());
  }

  private static WasmBuilder wide(String signature) {
    WasmBuilder module = command();
    int _ = module.type(signature);
    return module;
  }

  private static WasmBuilder imports(int count) {
    WasmBuilder module = new WasmBuilder();
    for (int i = 0; i < count; i++) {
      int _ = module.wasi("sched_yield", ">i");
    }
    return module.export("_start", module.function(">", "", new WasmCode()));
  }

  /** So many functions besides the entry. */
  static WasmBuilder functions(int count) {
    WasmBuilder module = command();
    for (int i = 0; i < count; i++) {
      int _ = module.function(">", "", new WasmCode());
    }
    return module;
  }

  private static WasmBuilder globals(int count) {
    WasmBuilder module = command();
    for (int i = 0; i < count; i++) {
      module.global(i);
    }
    return module;
  }

  private static WasmBuilder exports(int count) {
    WasmBuilder module = command();
    for (int i = 0; i < count; i++) {
      module.export("e" + i, 0);
    }
    return module;
  }

  private static WasmBuilder withMemory(int pages, int maximum) {
    WasmBuilder module = new WasmBuilder();
    return module.memory(pages, maximum).export("_start", module.function(">", "", new WasmCode()));
  }

  private static WasmBuilder customs(int count) {
    WasmBuilder module = command();
    for (int i = 0; i < count; i++) {
      module.custom("c", new byte[0]);
    }
    return module;
  }

  private static WasmBuilder nops(int count) {
    return command(new WasmCode().append(repeated(count, 0x01)));
  }

  private static WasmCode repeated(int count, int opcode) {
    int[] opcodes = new int[count];
    Arrays.fill(opcodes, opcode);
    return new WasmCode().op(opcodes);
  }

  private static WasmBuilder instructions() {
    WasmBuilder module = command();
    int each = 60_000;
    WasmCode nops = repeated(each, 0x01);
    for (int i = 0; i <= GateLimits.MAX_INSTRUCTIONS / each; i++) {
      int _ = module.function(">", "", nops);
    }
    return module;
  }

  private static WasmBuilder localsInOneGroup(long count) {
    WasmBuilder module = new WasmBuilder();
    byte[] body = new WasmBytes().u32(1).u32(count).bytes(0x7f, 0x0b).toBytes();
    return module.export("_start", module.rawFunction(">", body));
  }

  /** So many functions of a thousand locals each, besides the entry. */
  static WasmBuilder totalLocals(int functions) {
    WasmBuilder module = command();
    byte[] body = new WasmBytes().u32(1).u32(1000).bytes(0x7f, 0x0b).toBytes();
    for (int i = 0; i < functions; i++) {
      int _ = module.rawFunction(">", body);
    }
    return module;
  }

  private static WasmBuilder branches(int targets) {
    WasmBytes table = new WasmBytes().bytes(0x0e).u32(targets).fill(0, targets + 1);
    WasmCode code = new WasmCode().i32(0);
    for (byte each : table.toBytes()) {
      code.op(each & 0xff);
    }
    return command(code);
  }

  static WasmBuilder nested(int blocks) {
    WasmCode code = new WasmCode();
    for (int i = 0; i < blocks; i++) {
      code.block();
    }
    for (int i = 0; i < blocks; i++) {
      code.end();
    }
    return command(code);
  }

  private static WasmBuilder wideBlock() {
    WasmBuilder module = new WasmBuilder();
    int wide = module.type("i".repeat(101) + ">");
    WasmCode code = new WasmCode();
    for (int i = 0; i < 101; i++) {
      code.i32(0);
    }
    code.op(0x02, wide).op(0x00).end();
    return module.export("_start", module.function(">", "", code));
  }

  private static WasmBuilder data(int count) {
    WasmBytes section = new WasmBytes().u32(count);
    for (int i = 0; i < count; i++) {
      section.bytes(0, 0x41, 0, 0x0b, 1, 7);
    }
    return command().section(WasmBuilder.DATA, section.toBytes());
  }

  private static WasmBuilder elementSegments(int count) {
    WasmBuilder module = command().table(10);
    for (int i = 0; i < count; i++) {
      module.elements(0, 0);
    }
    return module;
  }

  private static WasmBuilder elements(int count) {
    return command().table(65_536).elements(0, new int[count]);
  }
}
