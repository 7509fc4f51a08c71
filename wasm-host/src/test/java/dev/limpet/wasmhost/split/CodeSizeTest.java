package dev.limpet.wasmhost.split;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.MethodNode;

/** Sizes lie between what ASM says is possible. */
final class CodeSizeTest {

  @Test
  void the_size_is_between_the_least_and_the_most() {
    for (MethodNode method : Methods.split(Samples.interpreter(), 60)) {
      CodeSizeEvaluator bounds = new CodeSizeEvaluator(null);
      method.accept(bounds);
      int size = CodeSize.of(method);
      assertTrue(size >= bounds.getMinSize() && size <= bounds.getMaxSize(), method.name);
    }
  }
}
