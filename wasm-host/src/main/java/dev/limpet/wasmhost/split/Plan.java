package dev.limpet.wasmhost.split;

import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodNode;

/**
 * What is known of a method that is split.
 *
 * @param owner internal name of its class
 * @param method it
 * @param blocks its blocks
 * @param tree how they stand above each other
 * @param variables its variables
 * @param liveness which of them are needed where
 * @param fields where parts leave what they have changed
 */
record Plan(
    String owner,
    MethodNode method,
    Blocks blocks,
    Dominators tree,
    Variables variables,
    Liveness liveness,
    ExitFields fields) {

  /** The parameter that is the object with the fields. */
  int holder() {
    int holder = 0;
    while (!variables.parameters().get(holder).getDescriptor().equals(fields.parameter())) {
      holder++;
    }
    return holder;
  }

  /** In which slot that parameter is. */
  int slotOfHolder() {
    return slotOfParameter(holder());
  }

  /** In which slot a parameter is. */
  int slotOfParameter(int parameter) {
    return variables.parameters().subList(0, parameter).stream().mapToInt(Type::getSize).sum();
  }

  /** What the method returns. */
  Type result() {
    return Type.getReturnType(method.desc);
  }
}
