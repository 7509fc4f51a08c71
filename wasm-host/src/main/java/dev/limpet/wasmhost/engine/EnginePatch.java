package dev.limpet.wasmhost.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.SimpleRemapper;
import run.endive.compiler.InterpreterFallback;

/**
 * Gives the engine's compiler another writer of classes. It makes its own and offers no way to say
 * which, and a function of more than 64 KiB of Java code, such as the loop of an interpreter, is
 * lost when it is written. So its one class that writes is defined here, before the engine asks for
 * it, with {@link LargeMethodWriter} in place of ASM's. Made for Endive 1.0.0; a test says what to
 * do when another version is not the same.
 */
final class EnginePatch {
  /** The class of the engine that writes classes. */
  static final String COMPILER = "run.endive.compiler.internal.Compiler";

  /** A class beside it, which does not make the JVM load it. */
  private static final String NEIGHBOUR = "run.endive.compiler.internal.CompilerUtil";

  private static boolean applied;

  private EnginePatch() {}

  /**
   * Does it, once in a JVM.
   *
   * @throws IllegalStateException when the engine's class is in use already, or not to be had
   */
  static synchronized void apply() {
    if (applied) {
      return;
    }
    try {
      Class<?> neighbour = Class.forName(NEIGHBOUR);
      var _ =
          MethodHandles.privateLookupIn(neighbour, MethodHandles.lookup()).defineClass(patched());
      applied = true;
    } catch (ClassNotFoundException | IllegalAccessException | LinkageError e) {
      throw new IllegalStateException("the engine's compiler cannot be given a writer", e);
    }
  }

  /** The engine's class with the other writer. */
  static byte[] patched() {
    ClassWriter out = new ClassWriter(0);
    SimpleRemapper remapper =
        new SimpleRemapper(
            Opcodes.ASM9,
            Type.getInternalName(ClassWriter.class),
            Type.getInternalName(LargeMethodWriter.class));
    new ClassReader(original()).accept(new ClassRemapper(out, remapper), 0);
    return out.toByteArray();
  }

  private static byte[] original() {
    String file = "/" + COMPILER.replace('.', '/') + ".class";
    try (InputStream in = InterpreterFallback.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("this engine has no " + COMPILER);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + COMPILER, e);
    }
  }
}
