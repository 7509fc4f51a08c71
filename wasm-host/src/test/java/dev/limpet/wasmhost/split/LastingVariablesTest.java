package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Variables that stay in fields while a method runs are those of one call, and of no other. */
final class LastingVariablesTest {

  private static List<MethodNode> split(MethodNode method, int part) {
    return Methods.split(method, new SplitLimits(part, part, 1, 1));
  }

  /** How often the methods touch fields whose names begin so. */
  private static long touches(List<MethodNode> methods, int opcode, String fields) {
    return methods.stream()
        .flatMap(method -> Arrays.stream(method.instructions.toArray()))
        .filter(at -> at instanceof FieldInsnNode && at.getOpcode() == opcode)
        .filter(at -> ((FieldInsnNode) at).name.startsWith(fields))
        .count();
  }

  private static boolean areUsed(List<MethodNode> methods) {
    return touches(methods, Opcodes.PUTFIELD, "lasting") > 0;
  }

  private static Holder used() {
    Holder holder = new Holder();
    holder.lasting0 = 77;
    holder.lasting1 = -5;
    return holder;
  }

  private static void assertAlike(
      List<MethodNode> whole, List<MethodNode> pieces, int most, Holder holder) throws Throwable {
    MethodHandle expected = Methods.load(whole);
    MethodHandle made = Methods.load(pieces);
    for (int n = 0; n < most; n++) {
      assertEquals(
          (int) expected.invoke(n, 77L * n, (Object) holder),
          (int) made.invoke(n, 77L * n, (Object) holder),
          "with " + n);
      assertEquals(77, holder.lasting0, "left by " + n);
      assertEquals(-5, holder.lasting1, "left by " + n);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 60, 100})
  void a_method_does_the_same_and_leaves_the_fields_as_they_were(int part) throws Throwable {
    List<MethodNode> pieces = split(Samples.interpreter(), part);
    assertTrue(areUsed(pieces), "none stays in a field");
    assertAlike(List.of(Samples.interpreter()), pieces, 300, used());
  }

  @Test
  void code_that_may_be_resumed_anywhere_does_the_same() throws Throwable {
    List<MethodNode> pieces = split(Samples.resumed(200), 2000);
    assertTrue(areUsed(pieces));
    assertAlike(List.of(Samples.resumed(200)), pieces, 300, used());
  }

  @Test
  void parts_neither_leave_nor_take_them() {
    List<MethodNode> moved = Methods.split(Samples.calls("f"), 100);
    List<MethodNode> lasting = split(Samples.calls("f"), 100);
    assertTrue(touches(moved, Opcodes.GETFIELD, "i") > 0);
    assertTrue(
        touches(lasting, Opcodes.GETFIELD, "i") < touches(moved, Opcodes.GETFIELD, "i"),
        "as many moves as before");
  }

  @Test
  void a_call_inside_a_call_has_its_own() throws Throwable {
    List<MethodNode> pieces = split(Samples.calls("f"), 100);
    assertTrue(areUsed(pieces));
    assertAlike(List.of(Samples.calls("f")), pieces, 50, used());
  }

  @Test
  void a_method_that_does_not_say_how_many_variables_it_has_does_the_same() throws Throwable {
    MethodNode method = Samples.calls("f");
    method.maxLocals = 0;
    List<MethodNode> pieces = split(method, 100);
    assertTrue(areUsed(pieces));
    assertAlike(List.of(Samples.calls("f")), pieces, 50, used());
  }

  @Test
  void methods_that_call_each_other_have_their_own() throws Throwable {
    List<MethodNode> pieces = new ArrayList<>(split(Samples.calls("g"), 100));
    MethodNode other = named("g", Samples.calls("f"));
    pieces.addAll(split(other, 120));
    assertTrue(areUsed(pieces));
    List<MethodNode> whole = List.of(Samples.calls("g"), named("g", Samples.calls("f")));
    assertAlike(whole, pieces, 50, used());
  }

  private static MethodNode named(String name, MethodNode method) {
    method.name = name;
    return method;
  }

  @Test
  void a_call_that_traps_leaves_nothing_that_another_would_see() throws Throwable {
    List<MethodNode> pieces = split(Samples.calls("f"), 100);
    assertTrue(areUsed(pieces));
    MethodHandle made = Methods.load(pieces);
    MethodHandle whole = Methods.load(List.of(Samples.calls("f")));
    Object holder = new Holder();
    assertThrows(ArithmeticException.class, () -> made.invokeWithArguments(1000, 3L, holder));
    assertEquals(
        (int) whole.invoke(40, 3L, (Object) new Holder()), (int) made.invoke(40, 3L, holder));
  }

  @Test
  void what_few_parts_give_back_is_moved_as_before() {
    SplitLimits limits = new SplitLimits(100, 100, 30, 1);
    assertFalse(areUsed(Methods.split(Samples.calls("f"), limits)));
    assertFalse(areUsed(Methods.split(Samples.calls("f"), 100)));
  }

  @Test
  void fewer_than_there_must_be_are_moved_as_before() {
    assertTrue(areUsed(split(Samples.calls("f"), 100)));
    SplitLimits limits = new SplitLimits(100, 100, 1, 3);
    assertFalse(areUsed(Methods.split(Samples.calls("f"), limits)));
  }

  @Test
  void a_part_that_is_divided_once_more_leaves_the_fields_to_its_function() {
    MethodNode part = named("f$1", Samples.calls("f"));
    List<MethodNode> pieces = split(part, 100);
    assertTrue(pieces.size() > 1, "in one piece");
    assertFalse(areUsed(pieces));
  }
}
