package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandle;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.tree.MethodNode;

/** Variables that are too many for parts to move become elements of an array. */
final class SpilledVariablesTest {

  /** The parameters and the array are three variables more. */
  private static final int KEPT = 60 + 4;

  @Test
  void it_helps_only_where_there_are_more_than_parts_could_move() {
    assertTrue(SpilledVariables.help(Variables.of(Samples.structures(200))));
    assertFalse(SpilledVariables.help(Variables.of(Samples.structures(40))));
  }

  @Test
  void the_body_keeps_those_that_most_instructions_use() {
    MethodNode method = Samples.structures(200);
    MethodNode body = new SpilledVariables(method, Variables.of(method)).body();
    assertEquals("(IJLjava/lang/Object;[J)I", body.desc);
    int kept = Variables.of(body).count();
    assertTrue(kept <= KEPT, kept + " variables");
  }

  @Test
  void the_method_calls_the_body_with_an_array_of_zeros() throws Throwable {
    MethodNode method = Samples.structures(120);
    MethodNode whole = Methods.copy(method);
    Plan plan = Plans.of(method, 400);
    SpilledVariables spilled = new SpilledVariables(method, plan.variables());
    MethodNode body = spilled.body();
    Plan divided = Plans.of(body, 400);
    Parts parts =
        Parts.of(divided, new Regions(divided, new SplitLimits(800, 800), Plans.enough()));
    PartWriter.root(divided, parts); // writes the stack maps, too
    spilled.wrap(Methods.OWNER, body);
    List<MethodNode> pieces = new java.util.ArrayList<>(List.of(method, body));
    parts.all().forEach(part -> pieces.add(PartWriter.part(divided, part, parts)));
    MethodHandle expected = Methods.load(List.of(whole));
    MethodHandle made = Methods.load(pieces);
    for (int n = 0; n < 200; n++) {
      Object holder = new Holder();
      assertEquals((int) expected.invoke(n, 7L, holder), (int) made.invoke(n, 7L, holder));
    }
  }
}
