package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** What becomes of the engine's calls for globals, also when they are not as it makes them now. */
final class PlainGlobalsTest {

  private static final int MEMORY = 1;
  private static final int INSTANCE = 2;

  /** Reads the global whose number is pushed so. */
  private static MethodNode reading(int opcode, int operand) {
    MethodNode function = new MethodNode();
    if (opcode == Opcodes.BIPUSH) {
      function.visitIntInsn(opcode, operand);
    } else {
      function.visitVarInsn(opcode, operand);
    }
    function.visitVarInsn(Opcodes.ALOAD, INSTANCE);
    function.visitMethodInsn(Opcodes.INVOKESTATIC, "engine", "readGlobal", "(ILinstance;)J", false);
    function.visitInsn(Opcodes.LRETURN);
    return function;
  }

  private static List<Integer> opcodes(MethodNode function) {
    return Arrays.stream(function.instructions.toArray()).map(AbstractInsnNode::getOpcode).toList();
  }

  @Test
  void a_global_that_is_kept_is_read_where_it_is_kept() {
    MethodNode function = reading(Opcodes.BIPUSH, 1);
    PlainGlobals.rewrite(function, MEMORY, 2);
    assertEquals(
        List.of(Opcodes.ALOAD, Opcodes.CHECKCAST, Opcodes.GETFIELD, Opcodes.LRETURN),
        opcodes(function));
  }

  @Test
  void one_behind_those_is_left_to_the_engine() {
    MethodNode function = reading(Opcodes.BIPUSH, 2);
    List<Integer> before = opcodes(function);
    PlainGlobals.rewrite(function, MEMORY, 2);
    assertEquals(before, opcodes(function));
  }

  @Test
  void one_whose_number_is_not_seen_is_refused_where_any_is_kept() {
    MethodNode function = reading(Opcodes.ILOAD, 0);
    List<Integer> before = opcodes(function);
    PlainGlobals.rewrite(function, MEMORY, 0);
    assertEquals(before, opcodes(function));
    assertThrows(IllegalArgumentException.class, () -> PlainGlobals.rewrite(function, MEMORY, 1));
  }
}
