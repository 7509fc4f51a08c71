package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** What is written for one region, and in its place. */
final class PartWriterTest {

  private static final int STEPS = 30;

  private final MethodNode method = RegionsTest.fork(STEPS, false);
  private final Plan plan = Plans.of(method, 10_000);
  private final Parts parts =
      Parts.of(plan, new Regions(plan, new SplitLimits(50, 50), Plans.enough()));

  private static long count(MethodNode method, int opcode) {
    return Arrays.stream(method.instructions.toArray())
        .filter(at -> at.getOpcode() == opcode)
        .count();
  }

  private static List<String> fields(MethodNode method, int opcode) {
    return Arrays.stream(method.instructions.toArray())
        .filter(at -> at.getOpcode() == opcode)
        .map(at -> ((FieldInsnNode) at).name)
        .toList();
  }

  @Test
  void a_part_has_its_instructions_and_leaves_what_is_needed_behind_it() {
    MethodNode first = PartWriter.part(plan, parts.all().getFirst(), parts);
    assertEquals("(ILjava/lang/Object;)V", first.desc);
    assertEquals(STEPS, count(first, Opcodes.IINC));
    assertEquals(List.of("i0"), fields(first, Opcodes.PUTFIELD));
    MethodNode second = PartWriter.part(plan, parts.all().get(1), parts);
    assertEquals("(IILjava/lang/Object;)V", second.desc);
    assertEquals(STEPS + 1, count(second, Opcodes.IINC));
    assertEquals(List.of("i0"), fields(second, Opcodes.PUTFIELD));
  }

  @Test
  void what_is_left_calls_the_parts_and_takes_what_they_leave() throws Throwable {
    List<MethodNode> made =
        parts.all().stream().map(part -> PartWriter.part(plan, part, parts)).toList();
    MethodNode whole = Methods.copy(method);
    PartWriter.root(plan, parts);
    assertEquals(0, count(method, Opcodes.IINC));
    List<String> called =
        Arrays.stream(method.instructions.toArray())
            .filter(MethodInsnNode.class::isInstance)
            .map(at -> ((MethodInsnNode) at).name)
            .toList();
    assertEquals(List.of("f$0", "f$1"), called);
    MethodHandle expected = Methods.load(List.of(whole));
    MethodHandle found = Methods.load(List.of(method, made.getFirst(), made.get(1)));
    for (int n = -1; n <= 1; n++) {
      Object holder = new Holder();
      assertEquals((int) expected.invoke(n, holder), (int) found.invoke(n, holder));
    }
  }
}
