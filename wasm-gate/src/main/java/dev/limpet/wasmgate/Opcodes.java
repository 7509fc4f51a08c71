package dev.limpet.wasmgate;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What follows each instruction, by its first byte, and the rule that refuses it. Source: section
 * 5.4 of the core specification, and the opcode tables of the proposals.
 */
final class Opcodes {

  /** The operands of an instruction in the binary format. */
  enum Operands {
    NONE,
    BLOCK_TYPE,
    IF,
    ELSE,
    END,
    LABEL,
    LABEL_TABLE,
    FUNCTION,
    TYPE_AND_TABLE,
    LOCAL,
    GLOBAL,
    TABLE,
    ADDRESS,
    MEMORY,
    MEMORY_GROW,
    I32,
    I64,
    F32,
    F64,
    VALUE_TYPES,
    HEAP_TYPE,
    FUNCTION_REFERENCE,
    SIGN_EXTENSION,
    REF_IS_NULL,
    PREFIX_FC
  }

  private static final @Nullable Operands[] OPERANDS = new @Nullable Operands[256];
  private static final @Nullable Rule[] REFUSED = new @Nullable Rule[256];

  static {
    fill(0x00, 0x01, Operands.NONE); // unreachable, nop
    fill(0x02, 0x03, Operands.BLOCK_TYPE); // block, loop
    OPERANDS[0x04] = Operands.IF;
    OPERANDS[0x05] = Operands.ELSE;
    refuse(0x06, 0x0a, Rule.EXCEPTIONS); // try, catch, throw, rethrow, throw_ref
    OPERANDS[0x0b] = Operands.END;
    fill(0x0c, 0x0d, Operands.LABEL); // br, br_if
    OPERANDS[0x0e] = Operands.LABEL_TABLE;
    OPERANDS[0x0f] = Operands.NONE; // return
    OPERANDS[0x10] = Operands.FUNCTION;
    OPERANDS[0x11] = Operands.TYPE_AND_TABLE;
    refuse(0x12, 0x13, Rule.TAIL_CALL); // return_call, return_call_indirect
    refuse(0x14, 0x14, Rule.FUNCTION_REFERENCES); // call_ref
    refuse(0x15, 0x15, Rule.TAIL_CALL); // return_call_ref
    refuse(0x18, 0x19, Rule.EXCEPTIONS); // delegate, catch_all
    fill(0x1a, 0x1b, Operands.NONE); // drop, select
    OPERANDS[0x1c] = Operands.VALUE_TYPES; // select with a type
    refuse(0x1f, 0x1f, Rule.EXCEPTIONS); // try_table
    fill(0x20, 0x22, Operands.LOCAL);
    fill(0x23, 0x24, Operands.GLOBAL);
    fill(0x25, 0x26, Operands.TABLE); // table.get, table.set
    fill(0x28, 0x3e, Operands.ADDRESS); // loads and stores
    OPERANDS[0x3f] = Operands.MEMORY; // memory.size
    OPERANDS[0x40] = Operands.MEMORY_GROW;
    OPERANDS[0x41] = Operands.I32;
    OPERANDS[0x42] = Operands.I64;
    OPERANDS[0x43] = Operands.F32;
    OPERANDS[0x44] = Operands.F64;
    fill(0x45, 0xbf, Operands.NONE); // comparison, arithmetic, conversion
    fill(0xc0, 0xc4, Operands.SIGN_EXTENSION);
    OPERANDS[0xd0] = Operands.HEAP_TYPE; // ref.null
    OPERANDS[0xd1] = Operands.REF_IS_NULL;
    OPERANDS[0xd2] = Operands.FUNCTION_REFERENCE; // ref.func
    refuse(0xd3, 0xd3, Rule.GC); // ref.eq
    refuse(0xd4, 0xd6, Rule.FUNCTION_REFERENCES); // ref.as_non_null, br_on_null, br_on_non_null
    refuse(0xe0, 0xe6, Rule.STACK_SWITCHING);
    refuse(0xfb, 0xfb, Rule.GC);
    OPERANDS[0xfc] = Operands.PREFIX_FC;
    refuse(0xfd, 0xfd, Rule.SIMD);
    refuse(0xfe, 0xfe, Rule.THREADS);
  }

  private Opcodes() {}

  private static void fill(int from, int to, Operands operands) {
    Arrays.fill(OPERANDS, from, to + 1, operands);
  }

  private static void refuse(int from, int to, Rule rule) {
    Arrays.fill(REFUSED, from, to + 1, rule);
  }

  /** What follows the byte, or null when the instruction is not admitted. */
  static @Nullable Operands operands(int opcode) {
    return OPERANDS[opcode];
  }

  /** Why an instruction without {@link #operands} is not admitted. */
  static Rule refusal(int opcode) {
    Rule rule = REFUSED[opcode];
    return rule == null ? Rule.UNKNOWN_INSTRUCTION : rule;
  }
}
