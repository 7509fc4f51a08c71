package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import run.endive.runtime.OpcodeImpl;

/** Comparisons without a branch. */
final class ComparedTest {

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

  private static List<Method> comparisons() {
    return Arrays.stream(Compared.class.getMethods())
        .filter(method -> Modifier.isStatic(method.getModifiers()))
        .toList();
  }

  private static Object[] arguments(Class<?>[] types, long first, long second) {
    long[] all = {first, second};
    Object[] arguments = new Object[types.length];
    for (int i = 0; i < types.length; i++) {
      arguments[i] = types[i] == int.class ? (Object) (int) all[i] : (Object) all[i];
    }
    return arguments;
  }

  @Test
  void each_says_what_the_engine_says() throws ReflectiveOperationException {
    assertEquals(22, comparisons().size());
    for (Method ours : comparisons()) {
      Method engine = OpcodeImpl.class.getMethod(ours.getName(), ours.getParameterTypes());
      for (long a : NUMBERS) {
        for (long b : NUMBERS) {
          Object[] arguments = arguments(ours.getParameterTypes(), a, b);
          assertEquals(
              engine.invoke(null, arguments),
              ours.invoke(null, arguments),
              () -> ours.getName() + " of " + Arrays.toString(arguments));
        }
      }
    }
  }

  /** Who is called to compare. */
  private static List<String> owners(WasmCode code) {
    WasmBuilder module = new WasmBuilder().memory(1);
    byte[] wasm = module.export("f", module.function("ii>i", "", code)).build();
    List<String> owners = new ArrayList<>();
    ModuleCompiler.compile(wasm).classes().values().forEach(bytes -> readCalls(bytes, owners));
    return owners;
  }

  private static void readCalls(byte[] classFile, List<String> owners) {
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String type, String signature, String[] exceptions) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitMethodInsn(
                      int opcode, String owner, String called, String called2, boolean itself) {
                    if (name.startsWith("func_") && called.startsWith("I32_")) {
                      owners.add(owner);
                    }
                  }
                };
              }
            },
            0);
  }

  @Test
  void only_a_result_that_is_a_number_is_computed_so() {
    String ours = Type.getInternalName(Compared.class);
    String engine = Type.getInternalName(OpcodeImpl.class);
    WasmCode number = new WasmCode().get(0).get(0).get(1).equal().add();
    assertEquals(List.of(ours), owners(number));
    WasmCode choice = new WasmCode().block().get(0).get(1).equal().brIf(0).end().get(0);
    assertEquals(List.of(engine), owners(choice));
    WasmCode negated = new WasmCode().block().get(0).get(1).equal().eqz().brIf(0).end().get(0);
    assertEquals(List.of(engine, engine), owners(negated));
  }
}
