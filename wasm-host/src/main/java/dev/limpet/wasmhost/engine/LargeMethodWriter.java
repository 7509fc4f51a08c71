package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.CodeSize;
import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.split.Splitter;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.MethodNode;

/**
 * Stands where the engine's compiler has ASM's {@link ClassWriter}, see {@link EnginePatch}: a
 * function that no method can hold is split before it is written. {@link MeteringPass} sees its
 * parts then, and leaves them as they are. So such a function is split as usual in whatever form
 * {@link ModuleCompiler} was asked for: whole it could not be written at all, and what it weighs
 * for the depth limit has to be the same in each form. The engine calls what is public here.
 */
public final class LargeMethodWriter extends ClassVisitor {
  /** A method has at most 65 535 bytes, and the meters come on top. */
  private static final int LARGE = 50_000;

  private final ClassWriter writer;
  private String owner = "";

  /** One that a class begins with; flags as of {@link ClassWriter}. */
  public LargeMethodWriter(int flags) {
    this(new Plain(flags));
  }

  private LargeMethodWriter(ClassWriter writer) {
    super(Opcodes.ASM9, writer);
    this.writer = writer;
  }

  /** Guests have no classes that could have something in common. */
  private static final class Plain extends ClassWriter {
    Plain(int flags) {
      super(flags);
    }

    @Override
    protected String getCommonSuperClass(String one, String other) {
      return "java/lang/Object";
    }
  }

  /** The class, as of {@link ClassWriter}. */
  public byte[] toByteArray() {
    return writer.toByteArray();
  }

  @Override
  public void visit(
      int version,
      int access,
      String name,
      String signature,
      String superName,
      String[] interfaces) {
    owner = name;
    super.visit(version, access, name, signature, superName, interfaces);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    boolean function = name.startsWith(MeteringPass.FUNCTION);
    if (!function || (access & Opcodes.ACC_STATIC) == 0) {
      return super.visitMethod(access, name, descriptor, signature, exceptions);
    }
    return new MethodNode(Opcodes.ASM9, access, name, descriptor, signature, exceptions) {
      @Override
      public void visitEnd() {
        if (CodeSize.of(this) > LARGE) {
          Splitter splitter = PartExits.splitter(SplitLimits.USUAL);
          splitter.split(owner, this).forEach(part -> part.accept(writer));
        }
        accept(writer);
      }
    };
  }
}
