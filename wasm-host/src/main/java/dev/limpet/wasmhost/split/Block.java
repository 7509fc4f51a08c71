package dev.limpet.wasmhost.split;

import java.util.List;

/**
 * Instructions that run one after the other, from the first to the last.
 *
 * @param first number of the first
 * @param end number of the one behind the last
 * @param next blocks that may come after it, each once
 * @param stack what is on the operand stack at its start, as in a stack map
 * @param bytes of its code
 */
record Block(int first, int end, List<Integer> next, List<Object> stack, int bytes) {

  int last() {
    return end - 1;
  }
}
