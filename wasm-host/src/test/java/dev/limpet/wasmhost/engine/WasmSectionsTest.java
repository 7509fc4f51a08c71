package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import run.endive.wasm.Parser;
import run.endive.wasm.WasmModule;
import run.endive.wasm.types.FunctionType;

/** Modules are rewritten section by section, and the rest of them stays. */
final class WasmSectionsTest {

  private static WasmBuilder importing() {
    WasmBuilder module = new WasmBuilder();
    int exit = module.wasi("proc_exit", "i>");
    int get = module.wasi("args_get", "ii>i");
    return module.memory(1).table(2).elements(0, exit, get).export("get", get);
  }

  private static FunctionType typeOf(WasmModule module, int function) {
    return module.typeSection().getType(module.functionSection().getFunctionType(function));
  }

  @Test
  void what_is_imported_is_defined_with_the_same_types_and_numbers() {
    WasmBuilder module = importing();
    int own = module.function("I>I", "", new WasmCode().get(0));
    byte[] wasm = WasmSections.stripped(module.export("own", own).data(0, new byte[9]).build());
    WasmModule defined = Parser.parse(WasmSections.importsDefined(wasm));
    assertEquals(0, defined.importSection().importCount());
    assertEquals(3, defined.functionSection().functionCount());
    assertEquals(3, defined.codeSection().functionBodyCount());
    assertEquals("i>", signature(typeOf(defined, 0)));
    assertEquals("ii>i", signature(typeOf(defined, 1)));
    assertEquals("I>I", signature(typeOf(defined, own)));
    assertEquals(1, defined.exportSection().getExport(0).index());
    assertEquals(own, defined.exportSection().getExport(1).index());
    assertEquals(1, defined.elementSection().elementCount());
    assertEquals(1, defined.dataSection().dataSegmentCount());
  }

  private static String signature(FunctionType type) {
    return LoadedModule.letters(type.params()) + ">" + LoadedModule.letters(type.returns());
  }

  @Test
  void a_module_of_imports_alone_has_functions_after_that() {
    byte[] wasm = importing().build();
    assertEquals(0, Parser.parse(wasm).functionSection().functionCount());
    WasmModule defined = Parser.parse(WasmSections.importsDefined(wasm));
    assertEquals(2, defined.functionSection().functionCount());
    assertEquals(2, defined.codeSection().functionBodyCount());
  }

  @Test
  void a_module_without_imports_stays_as_it_is() {
    WasmBuilder module = new WasmBuilder();
    byte[] wasm = module.export("f", module.function(">", "", new WasmCode())).build();
    assertSame(wasm, WasmSections.importsDefined(wasm));
  }

  @Test
  void types_and_imports_stand_alone() {
    WasmModule alone = Parser.parse(WasmSections.importsAlone(importing().build()));
    assertEquals(2, alone.importSection().importCount());
    assertEquals("args_get", alone.importSection().getImport(1).name());
    assertEquals(0, alone.exportSection().exportCount());
    assertEquals(0, alone.tableSection().tableCount());
  }

  @Test
  void an_import_that_is_no_function_is_refused() {
    byte[] global = {1, 1, 'm', 1, 'n', 3, 0x7f, 0};
    byte[] wasm = new WasmBuilder().section(2, global).build();
    assertThrows(IllegalArgumentException.class, () -> WasmSections.importsDefined(wasm));
  }

  @Test
  void a_memory_is_added_and_bodies_are_cut() {
    WasmBuilder module = new WasmBuilder();
    WasmCode code = new WasmCode().get(0).get(0).add().drop();
    byte[] bare = module.export("f", module.function("i>", "", code)).build();
    byte[] withMemory = WasmSections.withMemory(bare);
    assertEquals(bare.length + 6, withMemory.length);
    assertArrayEquals(withMemory, WasmSections.withMemory(withMemory));
    byte[] stripped = WasmSections.stripped(bare);
    assertTrue(stripped.length < bare.length);
    assertArrayEquals(stripped, WasmSections.stripped(stripped));
    byte[] cut = Arrays.copyOf(bare, bare.length - 3);
    assertThrows(IllegalArgumentException.class, () -> WasmSections.stripped(cut));
  }
}
