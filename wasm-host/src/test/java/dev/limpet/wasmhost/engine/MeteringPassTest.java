package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.SampleModules;
import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.split.SplitLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No loop is free: else neither fuel nor the clock could end it. */
final class MeteringPassTest {

  private static void assertNoFreeLoop(byte[] wasm) {
    assertEquals(List.of(), LoopScan.freeLoops(ModuleCompiler.compile(wasm)));
  }

  private static byte[] module(WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    int one = module.type("i>");
    assertEquals(0, one);
    return module.memory(1).export("_start", module.function(">", "i", code)).build();
  }

  @Test
  void every_way_back_is_paid_for() {
    assertNoFreeLoop(module(new WasmCode().loop().br(0).end()));
    assertNoFreeLoop(module(new WasmCode().loop().get(0).brIf(0).end()));
    assertNoFreeLoop(module(new WasmCode().loop().block().block().br(2).end().end().end()));
    assertNoFreeLoop(module(new WasmCode().loop().get(0).op(0x0e, 1, 0, 0).end()));
    assertNoFreeLoop(module(new WasmCode().block().loop().get(0).op(0x0e, 2, 1, 0, 1).end().end()));
    assertNoFreeLoop(
        module(new WasmCode().i32(1).op(0x03, 0).get(0).get(0).brIf(0).drop().drop().end()));
    assertNoFreeLoop(module(new WasmCode().i32(1).op(0x03, 0).get(0).op(0x0e, 1, 0, 0).end()));
    assertNoFreeLoop(module(new WasmCode().loop().i32(7).i32(8).br(0).end()));
  }

  @Test
  void every_way_back_in_a_large_function_is_paid_for() {
    WasmCode code = new WasmCode();
    for (int i = 0; i < 800; i++) {
      code.i32(100_000 + i).set(0);
    }
    byte[] wasm = module(code.loop().get(0).brIf(0).loop().br(1).end().end());
    assertNoFreeLoop(wasm);
    assertEquals(
        0, CompiledCalls.of(wasm, "func_").stream().filter(it -> it.name.equals("tick")).count());
  }

  @Test
  void samples_and_what_a_compiler_makes_have_no_free_loop() throws IOException {
    SampleModules.all().forEach(sample -> assertNoFreeLoop(sample.bytes()));
    assertNoFreeLoop(example("hello"));
  }

  @Test
  @Tag("nightly")
  void larger_programs_have_no_free_loop() throws IOException {
    for (String name : List.of("csv", "wordcount")) {
      byte[] wasm = example(name);
      Artifact whole = ModuleCompiler.compile(wasm, SplitLimits.NONE);
      assertEquals(List.of(), LoopScan.freeLoops(whole));
      // A part of a split function pays before it gives back that there is a jump: no scan sees
      // both, but each payment of the whole function is there.
      Artifact usual = ModuleCompiler.compile(wasm);
      assertEquals(LoopScan.payments(whole), LoopScan.payments(usual), name);
    }
  }

  private static byte[] example(String name) throws IOException {
    Path examples =
        Path.of(System.getProperty("basedir", ".")).resolveSibling("functions-examples");
    return Files.readAllBytes(examples.resolve(name).resolve(name + ".wasm"));
  }
}
