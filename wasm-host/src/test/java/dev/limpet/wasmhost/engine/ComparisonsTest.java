package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.tree.MethodInsnNode;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;

/** Comparisons of integers, as numbers and as branches. */
final class ComparisonsTest {

  private static final int EQZ = 0x45;

  /** The first and the last opcode of the others, of 32 and of 64 bits. */
  private static final int[][] OF_TWO = {{0x46, 0x4f}, {0x51, 0x5a}};

  private static final int EQZ_OF_64 = 0x50;

  /** How many {@link #forms} there are. */
  private static final int FORMS = 8;

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    31,
    32,
    63,
    64,
    0x7fff_fffeL,
    0x7fff_ffffL,
    0x8000_0000L,
    0x8000_0001L,
    0xffff_ffffL,
    0x1_0000_0000L,
    Long.MAX_VALUE - 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MIN_VALUE + 1
  };

  /** The forms in which one stands, each a function of its own. */
  private static List<WasmCode> forms(WasmCode compared) {
    List<WasmCode> forms = new ArrayList<>();
    forms.add(compared);
    forms.add(new WasmCode().append(compared).op(EQZ));
    forms.add(new WasmCode().append(compared).op(EQZ, EQZ, EQZ));
    forms.add(new WasmCode().i32(5).append(compared).add());
    for (int negations = 0; negations < 3; negations++) {
      WasmCode code = new WasmCode().block().append(compared);
      for (int i = 0; i < negations; i++) {
        code.op(EQZ);
      }
      forms.add(code.brIf(0).i32(7).op(0x0f).end().i32(8));
    }
    WasmCode choice = new WasmCode().append(compared).op(0x04, WasmCode.I32);
    forms.add(choice.i32(7).op(0x05).i32(8).end());
    return forms;
  }

  private static byte[] module() {
    WasmBuilder module = new WasmBuilder().memory(1);
    for (int[] range : OF_TWO) {
      String type = range[0] == OF_TWO[0][0] ? "ii>i" : "II>i";
      for (int opcode = range[0]; opcode <= range[1]; opcode++) {
        add(module, type, new WasmCode().get(0).get(1).op(opcode));
      }
    }
    add(module, "ii>i", new WasmCode().get(0).op(EQZ));
    add(module, "II>i", new WasmCode().get(0).op(EQZ_OF_64));
    return module.build();
  }

  private static void add(WasmBuilder module, String type, WasmCode compared) {
    for (WasmCode form : forms(compared)) {
      int function = module.function(type, "", form);
      module.export(type.charAt(0) + "" + function, function);
    }
  }

  private static List<Long> results(SpecEngine engine) {
    Instance instance = engine.instantiate(module(), ImportValues.empty());
    List<Long> results = new ArrayList<>();
    for (int function = 0; function < FORMS * 22; function++) {
      boolean isInt = function < FORMS * 10 || (function >= FORMS * 20 && function < FORMS * 21);
      var export = instance.export((isInt ? "i" : "I") + function);
      for (long a : NUMBERS) {
        for (long b : NUMBERS) {
          int first = (int) a;
          int second = (int) b;
          results.add(isInt ? export.apply(first, second)[0] : export.apply(a, b)[0]);
        }
      }
    }
    return results;
  }

  @Test
  void each_says_in_every_form_what_the_interpreter_says() {
    assertEquals(results(SpecEngine.INTERPRETED), results(SpecEngine.COMPILED));
  }

  @Test
  void none_is_a_call_but_the_order_of_long_numbers() {
    Set<String> called = new TreeSet<>();
    for (MethodInsnNode call : CompiledCalls.of(module(), "func_")) {
      if (call.name.startsWith("I")) {
        called.add(call.name);
      }
    }
    assertEquals(
        Set.of(
            "I64_LT_S",
            "I64_LT_U",
            "I64_GT_S",
            "I64_GT_U",
            "I64_LE_S",
            "I64_LE_U",
            "I64_GE_S",
            "I64_GE_U"),
        called);
  }
}
