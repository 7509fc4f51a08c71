package dev.limpet.wasmhost.engine;

import dev.limpet.wasmhost.split.CodeSize;
import dev.limpet.wasmhost.split.Loops;
import dev.limpet.wasmhost.split.SplitLimits;
import dev.limpet.wasmhost.split.Splitter;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassTooLargeException;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodNode;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.OpcodeImpl;

/**
 * Rewrites the compiled classes of a module.
 *
 * <p>The engine leaves a call of its interruption check at every loop back edge, call and indirect
 * call. Each becomes a call of {@link Fuel#tick} with the memory that every function gets as a
 * parameter. Functions of the module count themselves in and out for the depth limit. Address
 * arithmetic, which the engine does in 32 bits, becomes {@link Address#of}, so that a large offset
 * traps instead of wrapping around. A data segment that is dropped is dropped where it is read
 * from, see {@link Segments}; functions of the host are found where they were bound, see {@link
 * Imports}.
 *
 * <p>Functions are rewritten before: see {@link StraightJumps}, {@link Comparisons}, {@link
 * PlainCode}, {@link Splitter} for those that are too large, {@link DenseFunction} for those with
 * many reads and writes of memory, and {@link LoopFuel} for those with loops. But for the splitter
 * and the last, which write their own, no branch is added but to where one went before, so the
 * stack maps of the engine stay valid but for variables.
 */
final class MeteringPass extends ClassVisitor {

  /**
   * Part of the key of cached code: what this pass and the splitter make of a class changes only
   * with it.
   */
  static final String VERSION = "21";

  /**
   * Slots of locals and operands that one unit of depth pays for. In the JVM's interpreter, which
   * has the largest frames of such functions, a unit is then at most some 1.1 KiB, and ten thousand
   * of them, with the frames of indirect calls between them, fit in a stack of 16 MiB.
   */
  static final int SLOTS_PER_UNIT = 128;

  /** Bytes of a part of a function, beyond which the JIT would not take it any more. */
  private static final int PART_ROOM = 7_800;

  /** Of more bytes the JVM compiles no method, unless it is told to. */
  private static final int HUGE = 8_000;

  private static final System.Logger LOG = System.getLogger(MeteringPass.class.getName());

  static final String FUNCTION = "func_";

  /** The engine's interruption check. */
  static final String HOOK = "checkInterruption";

  private static final String ADDRESS = "getAddr";
  private static final String DROP = "dropDataSegment";
  private static final String IMPORTS = "imports";
  private static final String INSTANCE = Type.getInternalName(Instance.class);
  private static final String OPCODES = Type.getInternalName(OpcodeImpl.class);
  private static final Set<String> BULK_TABLE = Set.of("TABLE_FILL", "TABLE_COPY", "TABLE_INIT");
  private static final String FUEL = Type.getInternalName(Fuel.class);
  private static final String MEMORY = Type.getInternalName(Memory.class);
  private static final String TICK = "(L" + MEMORY + ";)V";
  private static final String WEIGHED = "(L" + MEMORY + ";I)V";

  private final String owner;
  private final FrameSlots slots;

  /** Of the functions as they are split usually, whatever is made of them here. */
  private final FrameSlots usualSlots;

  private final Form form;
  private final int globals;
  private final Callees callees;

  private final List<LargeFunction> large = new ArrayList<>();
  private boolean someSplit;

  /**
   * How functions are written.
   *
   * @param splitter for those that are too large
   * @param weighWritten whether this is no form that was asked for, so that what is written may
   *     take more than usual
   */
  private record Form(Splitter splitter, boolean weighWritten) {
    boolean isUsual() {
      return splitter.limits().equals(SplitLimits.USUAL);
    }
  }

  private MeteringPass(
      ClassVisitor next, ClassReader reader, Form form, int globals, Callees callees) {
    super(Opcodes.ASM9, next);
    this.owner = reader.getClassName();
    this.slots = new FrameSlots(reader);
    this.usualSlots = form.isUsual() ? slots : new FrameSlots(reader);
    this.form = form;
    this.globals = globals;
    this.callees = callees;
  }

  /**
   * A class with meters in it.
   *
   * @param classFile its bytes
   * @param functions what else is known of its functions
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Rewritten(byte[] classFile, Artifact.Functions functions) {}

  /**
   * The class with meters in it. When its parts need more constants than a class can have, it is
   * not split; its functions then weigh what they take whole, where that is more.
   *
   * @param splitter for functions that are too large
   * @param globals how many of the module's globals are {@link FirstGlobals}
   * @param callees what its tables may hold
   * @throws MethodTooLargeException when a function grows over what a method can hold
   */
  static Rewritten apply(byte[] classFile, Splitter splitter, int globals, Callees callees) {
    Form asked = new Form(splitter, false);
    try {
      return rewritten(classFile, asked, globals, callees);
    } catch (ClassTooLargeException e) {
      LOG.log(Level.WARNING, "nothing is split: {0}", e.getMessage());
      Form whole = new Form(PartExits.splitter(SplitLimits.NONE), asked.isUsual());
      return rewritten(classFile, whole, globals, callees);
    }
  }

  private static Rewritten rewritten(byte[] classFile, Form form, int globals, Callees callees) {
    ClassReader reader = new ClassReader(classFile);
    ClassWriter writer = new ClassWriter(reader, 0);
    MeteringPass pass = new MeteringPass(writer, reader, form, globals, callees);
    reader.accept(pass, ClassReader.EXPAND_FRAMES);
    return new Rewritten(writer.toByteArray(), new Artifact.Functions(pass.someSplit, pass.large));
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    int memory = memorySlot(access, descriptor);
    if (!name.startsWith(FUNCTION) || memory < 0) {
      MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
      return new MethodNode(Opcodes.ASM9, access, name, descriptor, signature, exceptions) {
        @Override
        public void visitEnd() {
          if (callees == Callees.OWN) {
            OwnCalls.rewrite(this);
          }
          accept(new Metered(next, memory, 0));
        }
      };
    }
    return new MethodNode(Opcodes.ASM9, access, name, descriptor, signature, exceptions) {
      @Override
      public void visitEnd() {
        rewrite(this);
      }
    };
  }

  /**
   * In this order: what looks at values wants whole functions, what is inlined wants small ones.
   */
  private void rewrite(MethodNode function) {
    CanonicalNans.rewrite(function);
    StraightJumps.rewrite(function);
    PlainCode.instructions(function);
    Comparisons.rewrite(function);
    if (usualSlots != slots) {
      MethodNode usual = copy(function);
      List<MethodNode> _ = split(usual, PartExits.splitter(SplitLimits.USUAL), usualSlots);
    }
    List<MethodNode> parts = split(function, form.splitter, slots);
    someSplit |= !parts.isEmpty() || isSplit(function);
    report(function);
    parts.forEach(this::report);
    write(function, function.name.contains(Splitter.MARK) ? 0 : units(function));
    parts.forEach(part -> write(part, 0));
  }

  private int units(MethodNode function) {
    String method = function.name + function.desc;
    int usual = usualSlots.of(method);
    return 1 + (form.weighWritten ? Math.max(usual, slots.of(method)) : usual) / SLOTS_PER_UNIT;
  }

  /** The parts of a function, whose frames are looked at, too. */
  private List<MethodNode> split(MethodNode function, Splitter by, FrameSlots frames) {
    List<MethodNode> parts = isSplit(function) ? List.of() : by.split(owner, function);
    parts.forEach(frames::add);
    if (!parts.isEmpty()) {
      frames.add(function);
    }
    return parts;
  }

  private static MethodNode copy(MethodNode function) {
    MethodNode copy =
        new MethodNode(
            Opcodes.ASM9,
            function.access,
            function.name,
            function.desc,
            function.signature,
            function.exceptions.toArray(String[]::new));
    function.accept(copy);
    return copy;
  }

  /** What the JVM's compilers may not take; it does no harm where it runs once a call. */
  private void report(MethodNode method) {
    int size = CodeSize.of(method);
    if (size > HUGE) {
      String name = method.name.substring(FUNCTION.length());
      int mark = name.indexOf(Splitter.MARK);
      int function = Integer.parseInt(mark < 0 ? name : name.substring(0, mark));
      large.add(new LargeFunction(function, size, Loops.in(method)));
    }
  }

  /** Whether it was split already before it was written, or is a part of one that was. */
  private boolean isSplit(MethodNode function) {
    return function.name.contains(Splitter.MARK) || slots.hasParts(function.name + function.desc);
  }

  private void write(MethodNode method, int units) {
    int memory = memorySlot(method.access, method.desc);
    boolean split = isSplit(method);
    int room = split ? PART_ROOM : DenseFunction.ROOM;
    PlainGlobals.rewrite(method, memory, globals);
    DenseFunction.rewrite(method, memory, room, !split);
    if (!split) {
      LoopFuel.rewrite(method, memory); // the loops of an interpreter are its calls
    }
    PlainCode.turns(method, memory, room);
    String[] exceptions = method.exceptions.toArray(String[]::new);
    MethodVisitor next =
        super.visitMethod(method.access, method.name, method.desc, method.signature, exceptions);
    method.accept(new Metered(next, memory, units));
  }

  /** The local variable of the parameter that is the memory, or -1. */
  private static int memorySlot(int access, String descriptor) {
    int slot = (access & Opcodes.ACC_STATIC) != 0 ? 0 : 1;
    for (Type type : Type.getArgumentTypes(descriptor)) {
      if (type.getSort() == Type.OBJECT && type.getInternalName().equals(MEMORY)) {
        return slot;
      }
      slot += type.getSize();
    }
    return -1;
  }

  private static final class Metered extends MethodVisitor {
    private final int memory;
    private final int units;

    Metered(MethodVisitor next, int memory, int units) {
      super(Opcodes.ASM9, next);
      this.memory = memory;
      this.units = units;
    }

    @Override
    public void visitCode() {
      super.visitCode();
      if (units > 0) {
        count("enter");
      }
    }

    @Override
    public void visitInsn(int opcode) {
      if (units > 0 && opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
        count("leave");
      }
      super.visitInsn(opcode);
    }

    @Override
    public void visitMethodInsn(
        int opcode, String owner, String name, String descriptor, boolean isInterface) {
      if (name.equals(HOOK) && memory >= 0) {
        super.visitVarInsn(Opcodes.ALOAD, memory);
        super.visitMethodInsn(Opcodes.INVOKESTATIC, FUEL, "tick", TICK, false);
      } else if (name.equals(ADDRESS) && descriptor.equals("(II)I")) {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC, Type.getInternalName(Address.class), "of", descriptor, false);
      } else if (name.equals(DROP) && owner.equals(INSTANCE)) {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            Type.getInternalName(Segments.class),
            "drop",
            "(L" + INSTANCE + ";I)V",
            false);
      } else if (name.equals(IMPORTS) && owner.equals(INSTANCE)) {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC,
            Type.getInternalName(Imports.class),
            "of",
            descriptor.replace("()", "(L" + INSTANCE + ";)"),
            false);
      } else if (owner.equals(OPCODES) && BULK_TABLE.contains(name)) {
        super.visitMethodInsn(
            Opcodes.INVOKESTATIC, Type.getInternalName(BulkTables.class), name, descriptor, false);
      } else {
        super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
      }
    }

    private void count(String method) {
      super.visitVarInsn(Opcodes.ALOAD, memory);
      super.visitIntInsn(Opcodes.SIPUSH, units);
      super.visitMethodInsn(Opcodes.INVOKESTATIC, FUEL, method, WEIGHED, false);
    }

    /** The calls above stand on top of whatever the function has on its stack there. */
    @Override
    public void visitMaxs(int maxStack, int maxLocals) {
      super.visitMaxs(maxStack + 2, maxLocals);
    }
  }
}
