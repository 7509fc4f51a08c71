package dev.limpet.wasmhost.split;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.InstructionAdapter;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/** Makes methods, and runs them with their parts; the JVM checks their stack maps. */
final class Methods {

  static final String OWNER = "dev/limpet/wasmhost/split/Made";

  private Methods() {}

  /** A static method with stack maps and all that a compiler would write. */
  static MethodNode make(String descriptor, Consumer<InstructionAdapter> code) {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    begin(writer);
    InstructionAdapter method =
        new InstructionAdapter(
            writer.visitMethod(
                Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, "f", descriptor, null, null));
    method.visitCode();
    code.accept(method);
    method.visitMaxs(0, 0);
    ClassNode read = new ClassNode();
    new ClassReader(writer.toByteArray()).accept(read, ClassReader.EXPAND_FRAMES);
    return read.methods.getFirst();
  }

  private static void begin(ClassVisitor to) {
    to.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, OWNER, null, "java/lang/Object", null);
  }

  /** Splits a method into pieces of so many bytes, whatever it has. */
  static List<MethodNode> split(MethodNode method, int part) {
    return split(method, new SplitLimits(part, part));
  }

  /** The method, of which its parts take pieces away, and those. */
  static List<MethodNode> split(MethodNode method, SplitLimits limits) {
    List<MethodNode> all = new ArrayList<>();
    all.add(method);
    all.addAll(new Splitter(Holder.FIELDS, Holder.LASTING, limits).split(OWNER, method));
    return all;
  }

  /** Another object that does the same. */
  static MethodNode copy(MethodNode method) {
    MethodNode copy =
        new MethodNode(Opcodes.ASM9, method.access, method.name, method.desc, null, null);
    method.accept(copy);
    return copy;
  }

  /** The first of them, loaded with the others. */
  static MethodHandle load(List<MethodNode> methods) throws ReflectiveOperationException {
    ClassWriter writer = new ClassWriter(0);
    begin(writer);
    methods.forEach(method -> method.accept(writer));
    Class<?> made =
        MethodHandles.lookup().defineHiddenClass(writer.toByteArray(), true).lookupClass();
    MethodNode first = methods.getFirst();
    MethodType type =
        MethodType.fromMethodDescriptorString(first.desc, Methods.class.getClassLoader());
    return MethodHandles.publicLookup().findStatic(made, first.name, type);
  }
}
