package dev.limpet.wasmhost;

import dev.limpet.wasmgate.WasmCode;
import java.util.Random;

/** Makes code that leaves a value on the stack, for one function of a {@link RandomProgram}. */
abstract class RandomValues {

  /** After the parameters: two of each type, counters of loops, and one of each float. */
  static final String LOCALS = "iIfFiIfFiifF";

  /** Loops that may be inside each other. */
  static final int COUNTERS = 2;

  private static final int FIRST_COUNTER = 8;
  private static final int SPARE = 10;
  private static final int NEAR = 0xfff;
  private static final int MULTIPLY = 0x6c;
  private static final int OR = 0x72;

  /** Ranges of opcodes, whose operands are of the second type: first, last, result, operands. */
  private static final Object[][] OPERATIONS = {
    {0x45, 0x45, "i>i"}, {0x46, 0x4f, "ii>i"}, {0x50, 0x50, "I>i"}, {0x51, 0x5a, "II>i"},
    {0x5b, 0x60, "ff>i"}, {0x61, 0x66, "FF>i"}, {0x67, 0x69, "i>i"}, {0x6a, 0x78, "ii>i"},
    {0x79, 0x7b, "I>I"}, {0x7c, 0x8a, "II>I"}, {0x8b, 0x91, "f>f"}, {0x92, 0x98, "ff>f"},
    {0x99, 0x9f, "F>F"}, {0xa0, 0xa6, "FF>F"}, {0xa7, 0xa7, "I>i"}, {0xa8, 0xa9, "f>i"},
    {0xaa, 0xab, "F>i"}, {0xac, 0xad, "i>I"}, {0xae, 0xaf, "f>I"}, {0xb0, 0xb1, "F>I"},
    {0xb2, 0xb3, "i>f"}, {0xb4, 0xb5, "I>f"}, {0xb6, 0xb6, "F>f"}, {0xb7, 0xb8, "i>F"},
    {0xb9, 0xba, "I>F"}, {0xbb, 0xbb, "f>F"}, {0xbc, 0xbc, "f>i"}, {0xbd, 0xbd, "F>I"},
    {0xbe, 0xbe, "i>f"}, {0xbf, 0xbf, "I>F"}, {0xc0, 0xc1, "i>i"}, {0xc2, 0xc4, "I>I"}
  };

  final RandomProgram program;
  final Random random;
  final int function;
  final String type;
  final int parameters;
  final WasmCode code = new WasmCode();

  int budget;
  int loops;

  RandomValues(RandomProgram program, int function, String type) {
    this.program = program;
    this.random = program.random();
    this.function = function;
    this.type = type;
    this.parameters = type.indexOf('>');
  }

  /** What was written so far. */
  final WasmCode code() {
    return code;
  }

  final int counter(int loop) {
    return parameters + FIRST_COUNTER + loop;
  }

  /** A variable or parameter of that type. */
  final int variable(char letter) {
    int some = random.nextInt(parameters + 8);
    for (int i = 0; ; i++) {
      int index = (some + i) % (parameters + 8);
      String all = type.substring(0, parameters) + LOCALS;
      if (all.charAt(index) == letter) {
        return index;
      }
    }
  }

  /** One unit of fuel, where the program says it itself. */
  final void tick() {
    if (program.isMeasured()) {
      int ticks = RandomProgram.TICKS;
      code.getGlobal(ticks).i64(1).op(0x7c).setGlobal(ticks);
    }
  }

  /** Back to the innermost loop when the number on the stack is not 0. */
  final void backIf() {
    if (program.isMeasured()) {
      code.when();
      tick();
      code.br(1).end();
    } else {
      code.brIf(0);
    }
  }

  /**
   * Mostly near the start of memory; rarely anywhere in the lower half of addresses, since in the
   * upper one the interpreter adds offsets in 32 bits.
   */
  final void address() {
    value('i', 1);
    code.i32(random.nextInt(200) > 0 ? NEAR : Integer.MAX_VALUE).op(0x71);
  }

  /** Calls a function of the program, with arguments. */
  final void call(int callee) {
    String signature = program.typeOf(callee);
    int arrow = signature.indexOf('>');
    for (int i = 0; i < arrow; i++) {
      value(signature.charAt(i), 1);
    }
    if (callee < program.tableEntries() && random.nextInt(3) == 0) {
      code.i32(random.nextInt(40) == 0 ? random.nextInt(4) : callee);
      tick();
      code.op(0x11, program.typeIndex(signature), 0);
    } else {
      tick();
      code.call(program.indexOf(callee));
    }
  }

  /** Leaves a value of that type. */
  final void value(char letter, int depth) {
    budget--;
    if (depth == 0 || budget <= 0) {
      simple(letter);
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> simple(letter);
      case 2 -> load(letter);
      case 3 -> select(letter, depth - 1);
      case 4 -> block(letter, depth - 1);
      case 5 -> called(letter, depth - 1);
      case 6 -> {
        value(letter, depth - 1);
        code.tee(variable(letter));
      }
      default -> operation(letter, depth - 1);
    }
  }

  private void simple(char letter) {
    switch (random.nextInt(3)) {
      case 0 -> constant(letter);
      case 1 -> code.getGlobal(RandomProgram.LETTERS.indexOf(letter));
      default -> code.get(variable(letter));
    }
  }

  private void constant(char letter) {
    int small = random.nextInt(20) - 6;
    switch (letter) {
      case 'i' -> code.i32(random.nextInt(4) == 0 ? random.nextInt() : small);
      case 'I' -> code.i64(random.nextInt(4) == 0 ? random.nextLong() : small);
      case 'f' -> number(0x43, bitsOfFloat(small), 4);
      default -> number(0x44, bitsOfDouble(small), 8);
    }
  }

  private void number(int opcode, long bits, int bytes) {
    code.op(opcode);
    for (int i = 0; i < bytes; i++) {
      code.op((int) (bits >> (8 * i)) & 0xff);
    }
  }

  private int bitsOfFloat(int small) {
    return switch (random.nextInt(5)) {
      case 0 -> 0xff80_0000;
      case 1 -> Integer.MIN_VALUE;
      case 2 -> random.nextInt();
      case 3 -> 0x7f80_0000 | random.nextInt(1 << 20);
      default -> Float.floatToRawIntBits(small * 0.75f);
    };
  }

  private long bitsOfDouble(int small) {
    return switch (random.nextInt(6)) {
      case 0 -> 0x7ff0_0000_0000_0000L;
      case 1 -> Long.MIN_VALUE;
      case 2 -> random.nextLong();
      case 3 -> 0xfff0_0000_0000_0000L | random.nextInt(1 << 20);
      default -> Double.doubleToRawLongBits(small * 0.75);
    };
  }

  private void load(char letter) {
    address();
    int opcode =
        switch (letter) {
          case 'i' -> random.nextInt(2) == 0 ? 0x28 : 0x2c + random.nextInt(4);
          case 'I' -> random.nextInt(2) == 0 ? 0x29 : 0x30 + random.nextInt(6);
          case 'f' -> 0x2a;
          default -> 0x2b;
        };
    code.op(opcode, 0, random.nextInt(9));
  }

  private void select(char letter, int depth) {
    value(letter, depth);
    value(letter, depth);
    value('i', depth);
    code.op(0x1b);
  }

  /** A value that lies on the stack where code parts and meets again. */
  private void block(char letter, int depth) {
    int blockType = 0x7f - RandomProgram.LETTERS.indexOf(letter);
    if (random.nextBoolean()) {
      value('i', depth);
      code.op(0x04, blockType);
      value(letter, depth);
      code.op(0x05);
      value(letter, depth);
      code.end();
    } else {
      code.op(0x02, blockType);
      value(letter, depth);
      value('i', depth);
      code.brIf(0).end();
    }
  }

  private void called(char letter, int depth) {
    for (int i = program.callees(function, loops > 0) - 1; i >= 0; i--) {
      if (program.typeOf(i).endsWith(">" + letter)) {
        call(i);
        return;
      }
    }
    operation(letter, depth);
  }

  private void operation(char letter, int depth) {
    Object[] range;
    do {
      range = OPERATIONS[random.nextInt(OPERATIONS.length)];
    } while (!((String) range[2]).endsWith(">" + letter));
    int first = (int) range[0];
    int opcode = first + random.nextInt((int) range[1] - first + 1);
    String operands = ((String) range[2]).substring(0, ((String) range[2]).indexOf('>'));
    operands.chars().forEach(operand -> value((char) operand, depth));
    if (divides(opcode) && random.nextInt(100) > 0) {
      code.append(notZero(operands.charAt(0)));
    }
    if (truncates(opcode) && random.nextInt(100) > 0) {
      saturating(opcode);
    } else {
      code.op(opcode);
    }
    if (program.isMeasured() && makesNan(opcode)) {
      canonical(letter);
    }
    if (program.isMeasured() && opcode == MULTIPLY) {
      code.i32(0).op(OR); // the interpreter multiplies 64 bits, and its `if` looks at all of them
    }
  }

  private static boolean divides(int opcode) {
    return (opcode >= 0x6d && opcode <= 0x70) || (opcode >= 0x7f && opcode <= 0x82);
  }

  /** Neither 0 nor -1, by which the least number cannot be divided. */
  private static WasmCode notZero(char letter) {
    return letter == 'i'
        ? new WasmCode().i32(0x7ff).op(0x71).i32(1).op(0x72)
        : new WasmCode().i64(0x7ff).op(0x83).i64(1).op(0x84);
  }

  private static boolean truncates(int opcode) {
    return (opcode >= 0xa8 && opcode <= 0xab) || (opcode >= 0xae && opcode <= 0xb1);
  }

  private void saturating(int opcode) {
    code.op(0xfc, opcode < 0xae ? opcode - 0xa8 : opcode - 0xae + 4);
  }

  private static boolean makesNan(int opcode) {
    boolean single = opcode >= 0x8d && opcode <= 0x97;
    boolean wide = opcode >= 0x9b && opcode <= 0xa5;
    return single || wide || opcode == 0xb6 || opcode == 0xbb;
  }

  private void canonical(char letter) {
    boolean single = letter == 'f';
    int spare = parameters + SPARE + (single ? 0 : 1);
    code.set(spare).get(spare);
    number(single ? 0x43 : 0x44, single ? 0x7fc0_0000L : 0x7ff8_0000_0000_0000L, single ? 4 : 8);
    code.get(spare).get(spare).op(single ? 0x5b : 0x61).op(0x1b);
  }
}
