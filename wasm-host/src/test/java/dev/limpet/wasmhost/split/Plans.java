package dev.limpet.wasmhost.split;

import org.objectweb.asm.tree.MethodNode;

/** What is known of a method before anything is chosen, for tests of single steps. */
final class Plans {

  private Plans() {}

  /** Of a method whose blocks are cut after so many bytes. */
  static Plan of(MethodNode method, int longest) {
    Effort effort = enough();
    Variables variables = Variables.of(method);
    Code code = new Code(method);
    Blocks blocks = new Blocks(code, new StackWalk(code, variables, longest, effort));
    Dominators tree = new Dominators(blocks, effort);
    Liveness liveness = new Liveness(blocks, variables, tree.order(), effort);
    return new Plan(Methods.OWNER, method, blocks, tree, variables, liveness, Holder.FIELDS);
  }

  /** More steps than any of these methods needs. */
  static Effort enough() {
    return new Effort(10_000_000);
  }
}
