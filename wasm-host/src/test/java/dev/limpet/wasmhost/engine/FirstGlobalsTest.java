package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmBytes;
import dev.limpet.wasmgate.WasmCode;
import org.junit.jupiter.api.Test;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;
import run.endive.runtime.Store;
import run.endive.wasm.Parser;

/** Globals are kept beside the memory of an instance where nobody else can change or see them. */
final class FirstGlobalsTest {
  private static final int IMPORTS = 2;
  private static final int EXPORTS = 7;
  private static final int MEMORY = 2;
  private static final int GLOBAL = 3;

  private static WasmBuilder globals(int count) {
    WasmBuilder module = new WasmBuilder().memory(1);
    for (int i = 0; i < count; i++) {
      module.global(i);
    }
    return module;
  }

  private static byte[] export(String name, int kind, int index) {
    return new WasmBytes().u32(1).name(name).bytes(kind, index).toBytes();
  }

  /** One import from {@code other}; what follows its name says what it is. */
  private static byte[] imported(String name, int... what) {
    return new WasmBytes().u32(1).name("other").name(name).bytes(what).toBytes();
  }

  private static int kept(WasmBuilder module) {
    return FirstGlobals.count(Parser.parse(module.build()));
  }

  @Test
  void the_first_eight_are_kept() {
    assertEquals(0, kept(globals(0)));
    assertEquals(3, kept(globals(3)));
    assertEquals(8, kept(globals(8)));
    assertEquals(8, kept(globals(9)));
  }

  @Test
  void those_before_one_that_is_exported_and_can_change_are_kept() {
    assertEquals(2, kept(globals(8).section(EXPORTS, export("it", GLOBAL, 2))));
    assertEquals(0, kept(globals(8).section(EXPORTS, export("it", GLOBAL, 0))));
    assertEquals(8, kept(globals(9).section(EXPORTS, export("it", GLOBAL, 8))));
    WasmBytes constant = new WasmBytes().u32(1).bytes(0x7f, 0, 0x41, 5, 0x0b);
    WasmBuilder module = new WasmBuilder().memory(1).section(6, constant.toBytes());
    assertEquals(1, kept(module.section(EXPORTS, export("it", GLOBAL, 0))));
  }

  @Test
  void none_are_kept_of_a_module_that_imports_globals_or_its_memory() {
    assertEquals(0, kept(globals(3).section(IMPORTS, imported("it", GLOBAL, 0x7f, 1))));
    WasmBuilder module = new WasmBuilder().global(1);
    assertEquals(0, kept(module.section(IMPORTS, imported("memory", MEMORY, 0, 1))));
  }

  @Test
  void two_modules_see_what_the_other_writes_to_a_global_that_they_share() {
    WasmBuilder exporting = globals(1);
    int write = exporting.function(">", "", new WasmCode().i32(7).setGlobal(0));
    WasmBytes exports = new WasmBytes().u32(2).name("it").bytes(GLOBAL, 0);
    exports.name("write").bytes(0, write);
    Instance one = made(exporting.section(EXPORTS, exports.toBytes()), none());
    WasmBuilder importing = new WasmBuilder().memory(1);
    importing.section(IMPORTS, imported("it", GLOBAL, 0x7f, 1));
    importing.export("read", importing.function(">i", "", new WasmCode().getGlobal(0)));
    Instance other = made(importing, of(one));
    assertArrayEquals(new long[] {0}, other.export("read").apply());
    one.export("write").apply();
    assertArrayEquals(new long[] {7}, other.export("read").apply());
  }

  @Test
  void who_imports_a_memory_does_not_change_the_globals_beside_it() {
    WasmBuilder owning = new WasmBuilder().memory(1).global(5).exportMemory();
    owning.export("read", owning.function(">i", "", new WasmCode().getGlobal(0)));
    Instance one = made(owning, none());
    WasmBuilder importing = new WasmBuilder().global(9);
    importing.section(IMPORTS, imported("memory", MEMORY, 0, 1));
    importing.export("read", importing.function(">i", "", new WasmCode().getGlobal(0)));
    Instance other = made(importing, of(one));
    assertArrayEquals(new long[] {9}, other.export("read").apply());
    assertArrayEquals(new long[] {5}, one.export("read").apply());
  }

  private static Instance made(WasmBuilder module, ImportValues imports) {
    return SpecEngine.COMPILED.instantiate(module.build(), imports);
  }

  private static ImportValues none() {
    return ImportValues.builder().build();
  }

  private static ImportValues of(Instance other) {
    return new Store().register("other", other).toImportValues();
  }
}
