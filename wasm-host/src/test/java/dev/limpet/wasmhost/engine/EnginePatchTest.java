package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.TestSandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import run.endive.compiler.InterpreterFallback;

/** Functions that no Java method holds, by way of the one class of the engine that is changed. */
class EnginePatchTest {
  private static final int STATEMENTS = 9_000;
  private static final int RESULT = 1024;

  /** Of Endive 1.0.0. */
  private static final String SHA256 =
      "f002f96d4848f4583a1c30d32f57aec4c97f468628bfb7f624f01be05c6e82a6";

  @Test
  void the_class_that_is_changed_is_the_one_that_was_read() throws Exception {
    String file = "/" + EnginePatch.COMPILER.replace('.', '/') + ".class";
    try (InputStream in = InterpreterFallback.class.getResourceAsStream(file)) {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(Objects.requireNonNull(in).readAllBytes());
      assertEquals(
          SHA256,
          HexFormat.of().formatHex(hash),
          "another engine: see whether its Compiler still writes classes with ASM's ClassWriter"
              + " alone, made by its constructor with flags and asked for toByteArray(), or lets"
              + " one choose; then pin its hash here, or drop EnginePatch");
    }
  }

  @Test
  void the_engine_needs_no_more_of_a_writer_than_ours_has() {
    TreeSet<String> used = new TreeSet<>();
    new ClassReader(EnginePatch.patched())
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access, String name, String descriptor, String signature, String[] thrown) {
                return new MethodVisitor(Opcodes.ASM9) {
                  @Override
                  public void visitMethodInsn(
                      int opcode, String owner, String called, String type, boolean isInterface) {
                    assertFalse(owner.endsWith("/ClassWriter"), called);
                    if (owner.endsWith("/LargeMethodWriter")) {
                      used.add(called);
                    }
                  }
                };
              }
            },
            0);
    used.removeIf(name -> name.startsWith("visit"));
    assertEquals("[<init>, toByteArray]", used.toString());
  }

  @Test
  void a_function_that_no_method_holds_runs_in_parts() throws IOException {
    WasmBuilder module = new WasmBuilder();
    final int write = module.wasi("fd_write", "iiii>i");
    WasmCode code = new WasmCode();
    int expected = 1;
    code.i32(1).set(0);
    for (int i = 0; i < STATEMENTS; i++) {
      int constant = 100_000 + i;
      code.get(0).i32(3).op(0x6c).i32(constant).op(0x73).set(0);
      expected = expected * 3 ^ constant;
      if (i % 50 == 0) {
        code.block().get(0).i32(1).op(0x71).brIf(0).get(0).i32(7).add().set(0).end();
        expected += (expected & 1) == 0 ? 7 : 0;
      }
    }
    code.i32(RESULT).get(0).store(0).store(16, RESULT).store(20, 4);
    code.i32(1).i32(16).i32(1).i32(24).call(write).drop();
    byte[] wasm = module.memory(1).export("_start", module.function(">", "i", code)).build();
    try (TestSandbox sandbox = TestSandbox.open(1, 64 << 20)) {
      TestSandbox.Ran ran = sandbox.run(wasm);
      assertEquals(new Outcome.Completed(0), ran.outcome());
      int result = ByteBuffer.wrap(ran.output()).order(ByteOrder.LITTLE_ENDIAN).getInt();
      assertEquals(expected, result);
    }
    assertTrue(wasm.length > STATEMENTS * 10);
  }
}
