package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.objectweb.asm.Label;
import org.objectweb.asm.Type;

final class LoopsTest {

  @Test
  void a_jump_back_is_a_loop_where_code_leads_to_it_again() {
    assertTrue(Loops.in(Samples.interpreter()));
    assertFalse(Loops.in(Samples.returns(Type.INT_TYPE)));
  }

  @Test
  void a_jump_back_to_code_that_then_leaves_is_none() {
    assertFalse(
        Loops.in(
            Methods.make(
                "(I)I",
                code -> {
                  Label first = new Label();
                  Label second = new Label();
                  code.goTo(second);
                  code.mark(first);
                  code.load(0, Type.INT_TYPE);
                  code.areturn(Type.INT_TYPE);
                  code.mark(second);
                  code.iinc(0, 1);
                  code.goTo(first);
                })));
  }
}
