package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.Label;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** What is split does what it did; the JVM verifies each part as it is loaded. */
final class SplitterTest {

  private static final String MOST = "(ILjava/lang/Object;)I";

  private static List<MethodNode> split(MethodNode method, int part) {
    return Methods.split(method, part);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 30, 60, 100, 200, 400})
  void a_method_in_pieces_of_any_size_does_the_same(int part) throws Throwable {
    List<MethodNode> pieces = split(Samples.interpreter(), part);
    assertTrue(pieces.size() > 1, "in one piece");
    assertAlike(Samples.interpreter(), pieces);
  }

  @ParameterizedTest
  @ValueSource(ints = {600, 1000, 2000})
  void code_that_may_be_resumed_anywhere_is_divided_and_does_the_same(int part) throws Throwable {
    MethodNode whole = Samples.resumed(200);
    int size = CodeSize.of(whole);
    List<MethodNode> pieces = split(Samples.resumed(200), part);
    for (MethodNode piece : pieces) {
      assertTrue(CodeSize.of(piece) < size * 2 / 3, piece.name + " has " + CodeSize.of(piece));
    }
    assertAlike(whole, pieces);
  }

  @Test
  void variables_that_are_too_many_to_move_are_kept_in_an_array() throws Throwable {
    MethodNode whole = Samples.structures(200);
    List<MethodNode> pieces = split(Samples.structures(200), 800);
    assertTrue(
        pieces.stream().anyMatch(piece -> piece.desc.contains("[J")), "no piece has an array");
    for (MethodNode piece : pieces) {
      assertTrue(CodeSize.of(piece) < 4_000, piece.name + " has " + CodeSize.of(piece));
    }
    assertAlike(whole, pieces);
  }

  @ParameterizedTest
  @Tag("long")
  @ValueSource(ints = {1, 32})
  void work_that_ends_at_its_bound_leaves_a_method_that_does_the_same(int givers) throws Throwable {
    SplitLimits limits = new SplitLimits(800, 800, givers, 1);
    for (long steps = 0; steps < 60_000; steps += 300) {
      for (MethodNode method : List.of(Samples.resumed(60), Samples.structures(120))) {
        MethodNode whole = Methods.copy(method);
        List<MethodNode> pieces = new ArrayList<>(List.of(method));
        Splitter splitter = new Splitter(Holder.FIELDS, Holder.LASTING, limits, steps);
        pieces.addAll(splitter.split(Methods.OWNER, method));
        MethodHandle expected = Methods.load(List.of(whole));
        MethodHandle made = Methods.load(pieces);
        Object holder = new Holder();
        assertEquals((int) expected.invoke(99, 7L, holder), (int) made.invoke(99, 7L, holder));
      }
    }
  }

  private static void assertAlike(MethodNode whole, List<MethodNode> pieces) throws Throwable {
    MethodHandle expected = Methods.load(List.of(whole));
    MethodHandle made = Methods.load(pieces);
    for (int n = 0; n < 300; n++) {
      Object holder = new Holder();
      assertEquals(
          (int) expected.invoke(n, 77L * n, holder), (int) made.invoke(n, 77L * n, holder));
    }
  }

  @Test
  void smaller_pieces_are_smaller() {
    int whole = CodeSize.of(Samples.interpreter());
    for (MethodNode piece : split(Samples.interpreter(), 200)) {
      assertTrue(CodeSize.of(piece) < whole / 2, piece.name + " has " + CodeSize.of(piece));
    }
  }

  @Test
  void a_result_of_any_type_comes_back() throws Throwable {
    List<Type> types =
        List.of(Type.VOID_TYPE, Type.INT_TYPE, Type.LONG_TYPE, Type.FLOAT_TYPE, Type.DOUBLE_TYPE);
    for (Type type : types) {
      List<MethodNode> pieces = split(Samples.returns(type), 60);
      assertTrue(pieces.size() > 1, type + " in one piece");
      MethodHandle whole = Methods.load(List.of(Samples.returns(type)));
      MethodHandle made = Methods.load(pieces);
      for (int n = 0; n < 4; n++) {
        List<Object> arguments = List.of(n, new Holder());
        Object expected = whole.invokeWithArguments(arguments);
        assertEquals(expected, made.invokeWithArguments(arguments), type.toString());
      }
    }
  }

  @Test
  void a_method_within_the_limit_stays_as_it_is() {
    MethodNode method = Samples.interpreter();
    int size = CodeSize.of(method);
    assertEquals(List.of(method), Methods.split(method, new SplitLimits(size, 10)));
    assertEquals(size, CodeSize.of(method));
  }

  @Test
  void a_handler_of_exceptions_a_kept_reference_and_another_result_keep_a_method_whole() {
    MethodNode handles =
        Methods.make(
            MOST,
            code -> {
              Label start = new Label();
              Label end = new Label();
              Label handler = new Label();
              code.visitTryCatchBlock(start, end, handler, "java/lang/RuntimeException");
              code.mark(start);
              for (int i = 0; i < 50; i++) {
                code.iinc(0, 1);
              }
              code.mark(end);
              code.load(0, Type.INT_TYPE);
              code.areturn(Type.INT_TYPE);
              code.mark(handler);
              code.pop();
              code.iconst(0);
              code.areturn(Type.INT_TYPE);
            });
    assertEquals(1, split(handles, 20).size());
    MethodNode keeps =
        Methods.make(
            MOST,
            code -> {
              code.load(1, Type.getType(Object.class));
              code.store(2, Type.getType(Object.class));
              for (int i = 0; i < 50; i++) {
                code.iinc(0, 1);
              }
              code.load(0, Type.INT_TYPE);
              code.areturn(Type.INT_TYPE);
            });
    assertEquals(1, split(keeps, 20).size());
    MethodNode another =
        Methods.make(
            "(Ljava/lang/Object;)Ljava/lang/Object;",
            code -> {
              for (int i = 0; i < 50; i++) {
                code.iconst(1);
                code.pop();
              }
              code.load(0, Type.getType(Object.class));
              code.areturn(Type.getType(Object.class));
            });
    assertEquals(1, split(another, 20).size());
  }

  @Test
  void parts_that_lead_to_the_same_place_land_in_the_same_code() {
    MethodNode root = split(Samples.interpreter(), 60).getFirst();
    long taken =
        List.of(root.instructions.toArray()).stream()
            .filter(at -> at instanceof FieldInsnNode && at.getOpcode() == Opcodes.GETFIELD)
            .map(at -> ((FieldInsnNode) at).name)
            .filter("i0"::equals)
            .count();
    assertTrue(taken > 0 && taken <= 5, taken + " places where i0 is taken");
  }

  @Test
  void a_trap_inside_a_part_comes_out() throws Throwable {
    MethodNode divides =
        Methods.make(
            MOST,
            code -> {
              Label end = new Label();
              code.load(0, Type.INT_TYPE);
              code.ifgt(end);
              for (int i = 0; i < 30; i++) {
                code.iconst(9);
                code.load(0, Type.INT_TYPE);
                code.div(Type.INT_TYPE);
                code.pop();
              }
              code.mark(end);
              code.load(0, Type.INT_TYPE);
              code.areturn(Type.INT_TYPE);
            });
    List<MethodNode> pieces = split(divides, 30);
    assertTrue(pieces.size() > 1, "in one piece");
    MethodHandle made = Methods.load(pieces);
    assertEquals(3, (int) made.invoke(3, (Object) new Holder()));
    org.junit.jupiter.api.Assertions.assertThrows(
        ArithmeticException.class, () -> made.invokeWithArguments(0, new Holder()));
  }
}
