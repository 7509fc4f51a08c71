package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import run.endive.runtime.ImportValues;
import run.endive.runtime.Instance;

/** Functions that are a loop around a switch. */
final class StraightJumpsTest {

  private static final int NUMBER = 0;
  private static final int STATE = 1;
  private static final int SUM = 2;

  /** Adds the numbers from n down to 1, one state after the other; what ends it is no case. */
  private static WasmCode machine(WasmCode next) {
    return new WasmCode()
        .loop()
        .block()
        .block()
        .block()
        .get(STATE)
        .op(0x0e, 2, 0, 1, 2)
        .end()
        .append(add(SUM, NUMBER))
        .append(next)
        .br(2)
        .end()
        .append(new WasmCode().get(NUMBER).i32(1).sub().tee(NUMBER).when())
        .append(new WasmCode().i32(0).set(STATE).br(2).end())
        .append(new WasmCode().i32(-5).set(STATE).br(1))
        .end()
        .end()
        .get(SUM);
  }

  private static WasmCode add(int to, int what) {
    return new WasmCode().get(to).get(what).add().set(to);
  }

  private static WasmCode constant(int local, int value) {
    return new WasmCode().i32(value).set(local);
  }

  private static byte[] module(WasmCode code) {
    WasmBuilder module = new WasmBuilder().memory(1);
    return module.export("f", module.function("i>i", "iii", code)).build();
  }

  /** Jumps to the switch that are left, in functions of the module. */
  private static long jumpsToTheSwitch(byte[] wasm) {
    return ModuleCompiler.compile(wasm).classes().values().stream()
        .flatMap(bytes -> functions(bytes).stream())
        .filter(function -> function.name.startsWith("func_"))
        .flatMap(function -> List.of(function.instructions.toArray()).stream())
        .filter(at -> at instanceof JumpInsnNode jump && goesToTheSwitch(jump))
        .count();
  }

  private static List<MethodNode> functions(byte[] classFile) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, 0);
    return node.methods;
  }

  private static boolean goesToTheSwitch(JumpInsnNode jump) {
    AbstractInsnNode at = jump.label;
    while (at.getOpcode() < 0) {
      at = Objects.requireNonNull(at.getNext());
    }
    return at.getOpcode() == Opcodes.ILOAD && at.getNext() instanceof TableSwitchInsnNode;
  }

  private static void assertSums(byte[] wasm) {
    for (SpecEngine engine : SpecEngine.values()) {
      Instance instance = engine.instantiate(wasm, ImportValues.empty());
      assertArrayEquals(new long[] {5050}, instance.export("f").apply(100), engine.name());
      if (engine != SpecEngine.INTERPRETED) {
        assertEquals(200, ((GuestMemory) instance.memory()).usedFuel());
      }
    }
  }

  @Test
  void a_jump_that_says_where_it_goes_goes_there_and_is_paid() {
    byte[] wasm = module(machine(constant(STATE, 1)));
    assertEquals(0, jumpsToTheSwitch(wasm));
    assertSums(wasm);
  }

  @Test
  void a_jump_that_does_not_say_goes_to_the_switch() {
    WasmCode computed = new WasmCode().get(SUM).get(SUM).sub().i32(1).add().set(STATE);
    byte[] wasm = module(machine(computed));
    assertEquals(1, jumpsToTheSwitch(wasm));
    assertSums(wasm);
    WasmCode another = constant(STATE, 1).append(constant(STATE + 2, 7));
    byte[] last = module(machine(another));
    assertEquals(1, jumpsToTheSwitch(last));
    assertSums(last);
  }

  @Test
  void a_number_that_may_come_from_elsewhere_is_looked_at() {
    WasmCode joined = constant(STATE, 1).append(new WasmCode().block().get(SUM).brIf(0).end());
    assertEquals(1, jumpsToTheSwitch(module(machine(joined))));
    assertSums(module(machine(joined)));
  }
}
