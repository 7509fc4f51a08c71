package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GuestStackTest {

  private static final StackTraceElement GUEST =
      frame(ModuleCompiler.MAIN_CLASS + "FuncGroup_0", "func_0");
  private static final StackTraceElement HOST = frame("dev.limpet.wasmhost.wasi.Wasi", "call");

  private static StackTraceElement frame(String type, String method) {
    return new StackTraceElement(type, method, null, -1);
  }

  /** Where it was thrown comes first, then who called that. */
  private static StackOverflowError thrown(StackTraceElement... frames) {
    StackOverflowError error = new StackOverflowError();
    error.setStackTrace(frames);
    return error;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.lang.Math",
        "java.lang.StrictMath",
        "java.lang.Integer",
        "java.lang.Long",
        "java.lang.Float",
        "java.lang.Double",
        "jdk.internal.math.DoubleConsts",
        "run.endive.runtime.OpcodeImpl",
        "dev.limpet.wasmhost.engine.Fuel"
      })
  void a_stack_that_ends_in_arithmetic_is_the_guests_but_not_in_its_initialiser(String type) {
    GuestStopped stopped =
        GuestStack.overflowed(thrown(frame(type, "of"), frame(type, "floor"), GUEST, HOST));
    assertInstanceOf(StopReason.TooDeep.class, stopped.reason());
    StackOverflowError initialising = thrown(frame(type, "<clinit>"), GUEST, HOST);
    assertSame(initialising, caught(initialising));
    StackOverflowError below = thrown(frame(type, "of"), frame(type, "<clinit>"), GUEST, HOST);
    assertSame(below, caught(below));
  }

  @Test
  void a_stack_that_ends_in_host_code_is_no_guests() {
    for (String type : new String[] {"java.util.HashMap", "java.lang.Integer$IntegerCache"}) {
      StackOverflowError error = thrown(frame("java.lang.Math", "max"), frame(type, "put"), GUEST);
      assertSame(error, caught(error), type);
    }
  }

  private static StackOverflowError caught(StackOverflowError error) {
    return assertThrows(StackOverflowError.class, () -> GuestStack.overflowed(error));
  }
}
