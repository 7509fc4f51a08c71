package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Finds jumps back that are not paid for by the instruction right before them. */
final class LoopScan extends MethodVisitor {

  private final String method;
  private final List<String> free;
  private final Map<String, Integer> payments;
  private final Set<Label> behind = new HashSet<>();
  private boolean paid;

  /** How much of a payment in place was seen: the write, the zero, the comparison. */
  private int inPlace;

  /** How much of a payment from a variable was seen: the subtraction, the look at what is left. */
  private int fromVariable;

  private int back;

  private LoopScan(String method, List<String> free, Map<String, Integer> payments) {
    super(Opcodes.ASM9);
    this.method = method;
    this.free = free;
    this.payments = payments;
  }

  /** The functions of these classes that can loop without paying. */
  static List<String> freeLoops(Artifact artifact) {
    List<String> free = new ArrayList<>();
    scan(artifact, free, new HashMap<>());
    return free;
  }

  /** In how many places each function pays, in all its parts together. */
  static Map<String, Integer> payments(Artifact artifact) {
    Map<String, Integer> payments = new TreeMap<>();
    scan(artifact, new ArrayList<>(), payments);
    return payments;
  }

  private static void scan(Artifact artifact, List<String> free, Map<String, Integer> payments) {
    for (byte[] classFile : artifact.classes().values()) {
      new ClassReader(classFile)
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public @Nullable MethodVisitor visitMethod(
                    int access, String name, String type, String signature, String[] exceptions) {
                  return name.startsWith("func_") ? new LoopScan(name, free, payments) : null;
                }
              },
              0);
    }
  }

  private void jump(Label... targets) {
    for (Label target : targets) {
      if (behind.contains(target)) {
        back++;
        if (!paid) {
          free.add(method + ", jump back " + back);
        }
      }
    }
  }

  @Override
  public void visitLabel(Label label) {
    behind.add(label);
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    paid |= (inPlace == 3 || fromVariable == 2) && opcode == Opcodes.IFGE;
    jump(label);
    paid = false;
  }

  @Override
  public void visitTableSwitchInsn(int min, int max, Label other, Label... labels) {
    jump(other);
    jump(labels);
    paid = false;
  }

  @Override
  public void visitLookupSwitchInsn(Label other, int[] keys, Label[] labels) {
    jump(other);
    jump(labels);
    paid = false;
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    paid = name.equals("tick") || name.equals("refill");
    if (paid) {
      payments.merge(method.split("[$]", 2)[0], 1, Integer::sum);
    }
  }

  @Override
  public void visitInsn(int opcode) {
    paid = false;
    boolean zero = inPlace == 1 && opcode == Opcodes.LCONST_0;
    boolean comparison = inPlace == 2 && opcode == Opcodes.LCMP;
    inPlace = zero || comparison ? inPlace + 1 : 0;
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    paid = false;
  }

  @Override
  public void visitVarInsn(int opcode, int variable) {
    paid &= opcode == Opcodes.ISTORE; // of what there is to pay with from now on
    fromVariable = fromVariable == 1 && opcode == Opcodes.ILOAD ? 2 : 0;
  }

  @Override
  public void visitIincInsn(int variable, int increment) {
    paid = false;
    fromVariable = increment == -1 ? 1 : 0;
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    paid = false;
  }

  @Override
  public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
    paid = false;
    inPlace = opcode == Opcodes.PUTFIELD && name.equals(Meter.SLICE_FIELD) ? 1 : 0;
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    paid = false;
  }

  @Override
  public void visitLdcInsn(Object value) {
    paid = false;
  }
}
