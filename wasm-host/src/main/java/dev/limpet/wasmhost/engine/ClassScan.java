package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.ExitFields;
import dev.limpet.wasmhost.split.LastingFields;
import dev.limpet.wasmhost.split.SpillCells;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Second line of defence for compiled code, above all for what comes from disk: whatever vouches
 * for it, a class is loaded only when it has a name that the compiler gives, and touches nothing
 * but what compiled guests need. No reflection, no files, no threads, no native methods.
 */
final class ClassScan {

  private static final String ENGINE = "run/endive/";

  /** Of the engine: what moves values, memory, tables and calls. Not its parser or compiler. */
  private static final Set<String> OF_ENGINE =
      Set.of(
          "runtime/CallResult",
          "runtime/GlobalInstance",
          "runtime/Machine",
          "runtime/MemCopyWorkaround",
          "runtime/Memory",
          "runtime/OpcodeImpl",
          "runtime/TableInstance",
          "runtime/TrapException",
          "runtime/WasmFunctionHandle",
          "runtime/WasmRuntimeException",
          "wasm/InvalidException",
          "wasm/WasmEngineException",
          "wasm/types/TypeSection",
          "wasm/types/ValType");

  /** Of the JDK, class by class, the methods; a class without methods may only be named. */
  private static final Map<String, Set<String>> OF_JDK =
      Map.ofEntries(
          Map.entry("java/lang/Object", Set.of("<init>")),
          Map.entry("java/lang/StackOverflowError", Set.of()),
          Map.entry("java/lang/RuntimeException", Set.of()),
          Map.entry("java/lang/String", Set.of("format")),
          Map.entry("java/lang/System", Set.of("getProperty")),
          Map.entry("java/lang/Boolean", Set.of("valueOf", "booleanValue")),
          Map.entry("java/lang/Byte", Set.of("toUnsignedInt", "toUnsignedLong")),
          Map.entry("java/lang/Short", Set.of("toUnsignedInt", "toUnsignedLong")),
          Map.entry(
              "java/lang/Integer",
              Set.of(
                  "valueOf",
                  "compareUnsigned",
                  "toUnsignedLong",
                  "remainderUnsigned",
                  "numberOfLeadingZeros",
                  "numberOfTrailingZeros",
                  "bitCount",
                  "rotateLeft",
                  "rotateRight")),
          Map.entry(
              "java/lang/Long",
              Set.of(
                  "valueOf",
                  "compareUnsigned",
                  "remainderUnsigned",
                  "numberOfLeadingZeros",
                  "numberOfTrailingZeros",
                  "bitCount",
                  "rotateLeft",
                  "rotateRight")),
          Map.entry(
              "java/lang/Float",
              Set.of("intBitsToFloat", "floatToRawIntBits", "valueOf", "floatValue")),
          Map.entry(
              "java/lang/Double",
              Set.of("longBitsToDouble", "doubleToRawLongBits", "valueOf", "doubleValue")),
          Map.entry(
              "java/lang/Math",
              Set.of("abs", "sqrt", "ceil", "floor", "rint", "min", "max", "copySign")),
          Map.entry("java/lang/invoke/VarHandle", Set.of("get", "set")),
          Map.entry("java/util/Objects", Set.of("checkIndex")),
          Map.entry("java/util/Arrays", Set.of("fill")));

  /**
   * Of the engine, class by class, when not all of it is harmless: conversions of bits, and from
   * its instance what code of the module itself reaches.
   */
  private static final Map<String, Set<String>> PARTS_OF_ENGINE =
      Map.of(
          ENGINE + "runtime/ImportFunction",
          Set.of("handle"),
          ENGINE + "runtime/ImportValues",
          Set.of("function"),
          ENGINE + "runtime/Instance",
          Set.of(
              "element",
              "functionType",
              "getMachine",
              "global",
              "memory",
              "module",
              "setElement",
              "table",
              "type"),
          ENGINE + "wasm/WasmModule",
          Set.of("typeSection"),
          ENGINE + "wasm/types/Value",
          Set.of("longToFloat", "longToDouble", "floatToLong", "doubleToLong"));

  private static final String CELLS = Type.getInternalName(Cells.class);

  /** Fields of the guest's memory through which parts of a split function hand values back. */
  private static final ExitFields EXITS = PartExits.FIELDS;

  /** Fields of the guest's memory that are variables of the split function that runs. */
  private static final LastingFields LASTING = LastingInts.FIELDS;

  /** Other fields of the guest's memory that compiled code may touch. */
  private static final Set<String> OF_MEMORY =
      Stream.concat(
              Stream.of(Meter.SLICE_FIELD),
              IntStream.range(0, FirstGlobals.COUNT).mapToObj(i -> FirstGlobals.FIELD + i))
          .collect(Collectors.toUnmodifiableSet());

  /** Of our own: what the metering pass puts in. */
  private static final Set<String> OURS =
      Set.of(
          Type.getInternalName(Fuel.class),
          Type.getInternalName(Address.class),
          Type.getInternalName(BulkTables.class),
          Type.getInternalName(Imports.class),
          Type.getInternalName(Nans.class),
          CELLS,
          Type.getInternalName(Compared.class),
          Type.getInternalName(Segments.class),
          Type.getInternalName(SpillCells.class));

  /** A class that must not be loaded. */
  static final class Forbidden extends RuntimeException {
    Forbidden(String what) {
      super(what);
    }
  }

  private ClassScan() {}

  /**
   * Looks at one class.
   *
   * @param name the binary name that it must have
   * @throws Forbidden when it must not be loaded
   */
  static void check(String name, byte[] classFile) {
    try {
      new ClassReader(classFile)
          .accept(
              new Scanner(name.replace('.', '/')),
              ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new Forbidden("class " + name + " is malformed: " + e.getMessage());
    }
  }

  static void require(boolean allowed, String what) {
    if (!allowed) {
      throw new Forbidden("compiled code must not use " + what);
    }
  }

  private static boolean mayName(String type) {
    return type.startsWith(ModuleCompiler.CLASS_PREFIX)
        || OF_JDK.containsKey(type)
        || PARTS_OF_ENGINE.containsKey(type)
        || (type.startsWith(ENGINE) && OF_ENGINE.contains(type.substring(ENGINE.length())));
  }

  private static final class Scanner extends ClassVisitor {
    private final String expected;

    Scanner(String expected) {
      super(Opcodes.ASM9);
      this.expected = expected;
    }

    @Override
    public void visit(
        int version, int access, String name, String signature, String base, String[] interfaces) {
      require(name.equals(expected), "the name " + name);
      require(name.startsWith(ModuleCompiler.CLASS_PREFIX), "the name " + name);
      require("java/lang/Object".equals(base), "the base class " + base);
      for (String type : interfaces) {
        require(type.equals(ENGINE + "runtime/Machine"), "the interface " + type);
      }
    }

    @Override
    public FieldVisitor visitField(
        int access, String name, String descriptor, String signature, Object value) {
      require(name.length() < 64, "a field with a long name");
      return new FieldVisitor(Opcodes.ASM9) {};
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      require((access & Opcodes.ACC_NATIVE) == 0, "the native method " + name);
      return new Body();
    }
  }

  private static final class Body extends HandlerScan {

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      Set<String> some = OF_JDK.getOrDefault(owner, PARTS_OF_ENGINE.get(owner));
      boolean allowed =
          OURS.contains(owner) || (some == null ? mayName(owner) : some.contains(name));
      require(allowed, owner + "." + name);
    }

    @Override
    public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
      super.visitFieldInsn(opcode, owner, name, descriptor);
      boolean own = owner.startsWith(ModuleCompiler.CLASS_PREFIX);
      boolean handle = opcode == Opcodes.GETSTATIC && owner.equals(CELLS);
      boolean ofMemory = opcode == Opcodes.GETFIELD || opcode == Opcodes.PUTFIELD;
      boolean lasting = owner.equals(LASTING.holder()) && LASTING.has(name, descriptor);
      ofMemory &= lasting || (owner.equals(EXITS.holder()) && OF_MEMORY.contains(name));
      boolean exits = opcode == Opcodes.GETFIELD && owner.equals(EXITS.holder());
      exits &= name.equals(EXITS.field());
      boolean ofExits = opcode == Opcodes.GETFIELD || opcode == Opcodes.PUTFIELD;
      ofExits &= owner.equals(EXITS.owner()) && EXITS.has(name, descriptor);
      require(own || handle || ofMemory || exits || ofExits, "the field " + owner + "." + name);
    }

    @Override
    public void visitTypeInsn(int opcode, String type) {
      super.visitTypeInsn(opcode, type);
      boolean holder = opcode == Opcodes.CHECKCAST && type.equals(EXITS.holder());
      require(holder || mayName(type), "the type " + type);
    }

    @Override
    public void visitInvokeDynamicInsn(
        String name, String descriptor, Handle bootstrap, Object... arguments) {
      require(false, "the dynamic call " + name);
    }

    @Override
    public void visitLdcInsn(Object value) {
      super.visitLdcInsn(value);
      require(value instanceof Number || value instanceof String, "the constant " + value);
    }

    @Override
    public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
      require(false, "an array of arrays");
    }
  }
}
