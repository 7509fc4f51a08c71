package dev.limpet.wasmhost;

/** The statements of one function of a {@link RandomProgram}; values are made by its base. */
final class RandomBody extends RandomValues {

  RandomBody(RandomProgram program, int function, String type) {
    super(program, function, type);
  }

  /** Statements of about so many nodes, and the result. */
  void write(int nodes) {
    budget = nodes;
    while (budget > 0) {
      statement(3);
    }
    String result = type.substring(parameters + 1);
    if (!result.isEmpty()) {
      value(result.charAt(0), 3);
    }
  }

  private void statements(int depth) {
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      statement(depth);
    }
  }

  private void statement(int depth) {
    budget--;
    int kind = random.nextInt(depth > 0 ? 16 : 10);
    switch (kind) {
      case 0, 1, 2 -> {
        char letter = program.letter();
        value(letter, 3);
        code.set(variable(letter));
      }
      case 3 -> {
        int global = random.nextInt(4);
        value(RandomProgram.LETTERS.charAt(global), 2);
        code.setGlobal(global);
      }
      case 4, 5, 6 -> store();
      case 7 -> bulk();
      case 8 -> host();
      case 9 -> callAndDrop();
      case 10, 11 -> condition(depth - 1);
      case 12, 13 -> loop(depth - 1);
      case 14 -> leave(depth - 1);
      default -> choose(depth - 1);
    }
  }

  private void store() {
    address();
    int kind = random.nextInt(9);
    value("iIfFiiIII".charAt(kind), 3);
    code.op(0x36 + kind, 0, random.nextInt(9));
  }

  private void bulk() {
    address();
    switch (random.nextInt(8)) {
      case 0 -> {
        code.drop().i32(random.nextInt(2)).grow().drop();
      }
      case 1, 2, 3 -> {
        value('i', 1);
        code.i32(random.nextInt(200)).op(0xfc, 0x0b, 0);
      }
      default -> {
        address();
        code.i32(random.nextInt(200)).op(0xfc, 0x0a, 0, 0);
      }
    }
  }

  /** Chance into memory, or the time. */
  private void host() {
    if (random.nextBoolean()) {
      address();
      code.i32(random.nextInt(32));
      tick();
      code.call(0).drop();
    } else {
      code.i32(random.nextInt(2)).i64(1);
      address();
      tick();
      code.call(1).drop();
    }
  }

  private void callAndDrop() {
    int callees = program.callees(function, loops > 0);
    if (callees > 0) {
      int callee = random.nextInt(callees);
      call(callee);
      if (!program.typeOf(callee).endsWith(">")) {
        code.drop();
      }
    }
  }

  private void condition(int depth) {
    value('i', 2);
    code.when();
    statements(depth);
    if (random.nextBoolean()) {
      code.op(0x05);
      statements(depth);
    }
    code.end();
  }

  /** Of few turns; its way back is a branch or a switch, which is paid for wherever it goes. */
  private void loop(int depth) {
    if (loops == COUNTERS) {
      return;
    }
    int counter = counter(loops++);
    code.i32(1 + random.nextInt(6)).set(counter);
    if (random.nextInt(3) == 0) {
      code.block().loop();
      statements(depth);
      code.get(counter).i32(1).sub().tee(counter).eqz();
      tick();
      code.op(0x0e, 1, 0, 1).end().end();
    } else {
      code.loop();
      statements(depth);
      code.get(counter).i32(1).sub().tee(counter);
      backIf();
      code.end();
    }
    loops--;
  }

  /** A block that may be left before its end. */
  private void leave(int depth) {
    code.block();
    statements(depth);
    value('i', 2);
    code.brIf(0);
    statements(depth);
    code.end();
  }

  private void choose(int depth) {
    code.block().block().block();
    value('i', 2);
    code.op(0x0e, 3, 0, 1, 2, 0).end();
    statements(depth);
    code.end();
    statements(depth);
    code.end();
  }
}
