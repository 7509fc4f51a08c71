package dev.limpet.wasmgate;

import static dev.limpet.wasmgate.HostileModules.command;
import static dev.limpet.wasmgate.HostileModules.refused;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** What is no module, wants what nobody offers, or cannot be called. */
final class ForeignModules {

  private ForeignModules() {}

  static Stream<NamedModule> all() {
    return Stream.of(noModules(), imports(), entries(), broken()).flatMap(modules -> modules);
  }

  private static NamedModule bytes(String rule, String name, byte[] bytes) {
    return new NamedModule(name, bytes, rule);
  }

  private static NamedModule text(String name, String text) {
    return bytes("not-wasm", name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Stream<NamedModule> noModules() {
    return Stream.of(
        bytes("not-wasm", "nothing", new byte[0]),
        text("the text format", "(module (func (export \"_start\")))"),
        text("a script", "#!/bin/sh\necho hello\n"),
        bytes("not-wasm", "version 2", new byte[] {0, 'a', 's', 'm', 2, 0, 0, 0}),
        bytes("component", "a component", new byte[] {0, 'a', 's', 'm', 13, 0, 1, 0}));
  }

  private static Stream<NamedModule> imports() {
    return Stream.of(
        refused("unknown-import", "env.abort", importing("env", "abort", ">")),
        refused(
            "unknown-import",
            "a name that looks like preview 1",
            importing("wasi_snapshot_preview1", "fd_write2", "iiii>i")),
        refused("unknown-import", "preview 0", importing("wasi_unstable", "fd_write", "iiii>i")),
        refused(
            "import-signature",
            "fd_write of three parameters",
            importing("wasi_snapshot_preview1", "fd_write", "iii>i")),
        other("import-kind", "a memory", 2, 0, 1),
        other("import-kind", "a table", 1, 0x70, 0, 1),
        other("import-kind", "a global", 3, 0x7f, 0),
        other("exceptions", "a tag", 4, 0, 0));
  }

  private static WasmBuilder importing(String module, String name, String signature) {
    WasmBuilder builder = new WasmBuilder();
    int _ = builder.importFunction(module, name, signature);
    return builder.export("_start", builder.function(">", "", new WasmCode()));
  }

  private static NamedModule other(String rule, String name, int... kindAndType) {
    WasmBytes section = new WasmBytes().u32(1).name("env").name("x").bytes(kindAndType);
    byte[] content = section.toBytes();
    return refused(rule, "an import of " + name, command().section(WasmBuilder.IMPORT, content));
  }

  private static Stream<NamedModule> entries() {
    WasmBuilder none = new WasmBuilder();
    int _ = none.function(">", "", new WasmCode());
    WasmBuilder reactor = new WasmBuilder();
    reactor.export("_initialize", reactor.function(">", "", new WasmCode()));
    WasmBuilder start = new WasmBuilder();
    start.export("_start", start.function("i>", "", new WasmCode()));
    return Stream.of(
        refused("no-entry", "no exports", none),
        refused("no-entry", "a reactor", reactor),
        refused("no-entry", "a memory called _start", memoryAsStart()),
        refused("no-entry", "handle without alloc", rawFunction(false, true, "ii>I")),
        refused("no-entry", "raw without its memory", rawFunction(true, false, "ii>I")),
        refused("entry-signature", "_start with a parameter", start),
        refused("entry-signature", "handle that answers i32", rawFunction(true, true, "ii>i")),
        refused("raw-imports", "raw with imports", rawWithImports()));
  }

  private static WasmBuilder memoryAsStart() {
    byte[] exports = new WasmBytes().u32(1).name("_start").bytes(2, 0).toBytes();
    return command().section(WasmBuilder.EXPORT, exports);
  }

  private static WasmBuilder rawFunction(boolean alloc, boolean memory, String handle) {
    return raw(new WasmBuilder(), alloc, memory, handle);
  }

  private static WasmBuilder raw(WasmBuilder module, boolean alloc, boolean memory, String handle) {
    module.memory(1);
    WasmCode trap = new WasmCode().unreachable();
    module.export("handle", module.function(handle, "", trap));
    if (alloc) {
      module.export("alloc", module.function("i>i", "", trap));
    }
    return memory ? module.exportMemory() : module;
  }

  private static WasmBuilder rawWithImports() {
    WasmBuilder module = new WasmBuilder();
    int _ = module.wasi("sched_yield", ">i");
    return raw(module, true, true, "ii>I");
  }

  private static NamedModule malformed(String name, int section, int... content) {
    byte[] bytes = new WasmBytes().bytes(content).toBytes();
    return refused("malformed", name, command().section(section, bytes));
  }

  private static Stream<NamedModule> broken() {
    return Stream.of(
        malformed("a type of no form", WasmBuilder.TYPE, 1, 0x42, 0, 0),
        malformed("a section with too much", WasmBuilder.MEMORY, 1, 0, 1, 99),
        malformed("a memory of 2^16 pages and one", WasmBuilder.MEMORY, 1, 0, 0x81, 0x80, 0x04),
        malformed("a maximum below the minimum", WasmBuilder.MEMORY, 1, 1, 2, 1),
        malformed("a count with a sixth byte", WasmBuilder.MEMORY, 0x81, 0x80, 0x80, 0x80, 0x80, 0),
        malformed("a name of bad UTF-8", WasmBuilder.EXPORT, 1, 2, 0xc3, 0x28, 0, 0),
        malformed("an export of function 9", WasmBuilder.EXPORT, 1, 1, 'x', 0, 9),
        malformed("an export of a new kind", WasmBuilder.EXPORT, 1, 1, 'x', 9, 0),
        malformed("a start function 9", WasmBuilder.START, 9),
        malformed("no body for a function", WasmBuilder.CODE, 0),
        malformed("a body beyond its section", WasmBuilder.CODE, 1, 99, 0, 0x0b),
        malformed("an element segment without table", WasmBuilder.ELEMENT, 1, 0, 0x41, 0, 0x0b, 0),
        malformed("a data segment of a new kind", WasmBuilder.DATA, 1, 9, 0),
        refused("malformed", "an else without if", command(new WasmCode().op(0x05))),
        refused("malformed", "a branch too far", command(new WasmCode().br(9))),
        refused("malformed", "a local that is not there", command(new WasmCode().get(9).drop())),
        refused("malformed", "a call of function 9", command(new WasmCode().call(9))),
        refused("malformed", "code after the end", command(new WasmCode().end().op(0x01))),
        bytes("malformed", "a section of a new kind", appended(99, 0)),
        bytes("malformed", "a second memory section", appended(5, 0)),
        bytes("malformed", "a section longer than the file", appended(0, 50)));
  }

  private static byte[] appended(int id, int length) {
    return new WasmBytes().append(command().build()).bytes(id, length).toBytes();
  }
}
