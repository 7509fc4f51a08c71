package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;

/** How often code looks where memory ends. */
final class CheckedCellsTest {

  private static final int LOAD_64 = 0x29;

  private static final int BEYOND = Integer.MAX_VALUE - 8;

  /** Of a function with one variable and a loop, so that its memory code is in place. */
  private static long checks(WasmCode code) {
    WasmCode looped = new WasmCode().append(code).loop().get(0).brIf(0).end();
    WasmBuilder module = new WasmBuilder().memory(1);
    int function = module.function(">", "i", looped);
    return CompiledCalls.of(module.export("_start", function).build(), "func_").stream()
        .filter(call -> call.name.equals("checkIndex"))
        .count();
  }

  private static WasmCode load(int offset) {
    return new WasmCode().get(0).load(offset).drop();
  }

  private static WasmCode load64(int offset) {
    return new WasmCode().get(0).op(LOAD_64, 3, offset).drop();
  }

  @Test
  void a_word_that_is_read_and_written_is_checked_once() {
    assertEquals(1, checks(new WasmCode().get(0).get(0).load(4).i32(1).add().store(4)));
  }

  @Test
  void behind_a_checked_base_fewer_bytes_need_no_check_and_more_do() {
    assertEquals(1, checks(load64(0).append(load(0)).append(load(4))));
    assertEquals(2, checks(load64(0).append(load(5))));
    assertEquals(2, checks(load(0).append(load(4)).append(load(1))));
  }

  @Test
  void another_value_is_another_base() {
    assertEquals(
        2, checks(load(0).append(new WasmCode().get(0).i32(4).add().set(0)).append(load(0))));
    assertEquals(1, checks(new WasmCode().i32(8).tee(0).load(0).drop().append(load(0))));
    assertEquals(2, checks(new WasmCode().get(0).load(0).set(0).append(load(0))));
  }

  @Test
  void what_one_way_checked_is_checked_again_where_ways_meet() {
    WasmCode one = new WasmCode().get(0).when().append(load(0)).end();
    assertEquals(2, checks(one.append(load(0))));
    WasmCode left = new WasmCode().block().append(load(0)).get(0).brIf(0).append(load(0)).end();
    assertEquals(1, checks(left));
  }

  @Test
  void the_turn_of_a_loop_knows_nothing_of_what_was_before() {
    assertEquals(
        2, checks(load(0).append(new WasmCode().loop().append(load(0)).get(0).brIf(0).end())));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_offset_is_one_constant_of_its_class_with_all_its_checks(boolean large) {
    int few = constants(100, large);
    assertEquals(few + (large ? 100 : 0), constants(200, large));
  }

  /** Constants of a class with so many reads, each at an offset of its own. */
  private static int constants(int reads, boolean large) {
    WasmCode code = new WasmCode();
    for (int i = 0; i < reads; i++) {
      code.append(load((large ? 1 << 20 : 200) + 2 * i));
    }
    WasmBuilder module = new WasmBuilder().memory(1);
    module.export("_start", module.function(">", "i", code));
    return ModuleCompiler.compile(module.build()).classes().values().stream()
        .mapToInt(classFile -> new ClassReader(classFile).getItemCount())
        .max()
        .orElseThrow();
  }

  @Test
  void what_always_traps_says_nothing_of_its_base() {
    assertEquals(2, checks(load(BEYOND).append(load(0))));
    assertEquals(2, checks(load(BEYOND).append(load(BEYOND))));
  }
}
