package dev.limpet.wasmhost.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Gives a compiled function variables that its module knows nothing of. They stand behind the
 * parameters, where every frame can name them, and all others move.
 */
final class OwnVariables {

  private OwnVariables() {}

  /**
   * Makes room for variables.
   *
   * @param function static, with expanded frames
   * @param types as stack maps name them, each of one slot
   * @return the slot of the first
   */
  static int insert(MethodNode function, List<Object> types) {
    int first = Type.getArgumentsAndReturnSizes(function.desc) / 4 - 1;
    for (AbstractInsnNode at : function.instructions) {
      switch (at) {
        case VarInsnNode it when it.var >= first -> it.var += types.size();
        case IincInsnNode it when it.var >= first -> it.var += types.size();
        case FrameNode frame -> frame.local = locals(function, types, frame.local);
        default -> {}
      }
    }
    function.maxLocals += types.size();
    return first;
  }

  /** The types of parameters, and of variables right behind them, as stack maps name them. */
  static List<Object> behindParameters(MethodNode function, List<Object> types) {
    List<Object> all = new ArrayList<>();
    Arrays.stream(Type.getArgumentTypes(function.desc))
        .map(OwnVariables::verified)
        .forEach(all::add);
    all.addAll(types);
    return all;
  }

  /**
   * Parameters, variables of ours, and what a frame says of the others. Frames of code that cannot
   * be reached have no parameters.
   */
  private static List<Object> locals(MethodNode function, List<Object> types, List<Object> before) {
    List<Object> all = behindParameters(function, types);
    int parameters = all.size() - types.size();
    if (before.size() > parameters) {
      all.addAll(before.subList(parameters, before.size()));
    }
    return all;
  }

  private static Object verified(Type type) {
    return switch (type.getSort()) {
      case Type.LONG -> Opcodes.LONG;
      case Type.FLOAT -> Opcodes.FLOAT;
      case Type.DOUBLE -> Opcodes.DOUBLE;
      case Type.OBJECT, Type.ARRAY -> type.getInternalName();
      default -> Opcodes.INTEGER;
    };
  }
}
