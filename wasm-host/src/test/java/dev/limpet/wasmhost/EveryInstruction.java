package dev.limpet.wasmhost;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;

/**
 * A module that executes each admitted instruction once, each in a function of its own, on operands
 * for which none traps.
 */
final class EveryInstruction {

  /** Ranges of opcodes of the same type: first, last, signature. */
  private static final String[][] NUMERIC = {
    {"45", "45", "i>i"}, {"46", "4f", "ii>i"}, {"50", "50", "I>i"}, {"51", "5a", "II>i"},
    {"5b", "60", "ff>i"}, {"61", "66", "FF>i"}, {"67", "69", "i>i"}, {"6a", "78", "ii>i"},
    {"79", "7b", "I>I"}, {"7c", "8a", "II>I"}, {"8b", "91", "f>f"}, {"92", "98", "ff>f"},
    {"99", "9f", "F>F"}, {"a0", "a6", "FF>F"}, {"a7", "a7", "I>i"}, {"a8", "a9", "f>i"},
    {"aa", "ab", "F>i"}, {"ac", "ad", "i>I"}, {"ae", "af", "f>I"}, {"b0", "b1", "F>I"},
    {"b2", "b3", "i>f"}, {"b4", "b5", "I>f"}, {"b6", "b6", "F>f"}, {"b7", "b8", "i>F"},
    {"b9", "ba", "I>F"}, {"bb", "bb", "f>F"}, {"bc", "bc", "f>i"}, {"bd", "bd", "F>I"},
    {"be", "be", "i>f"}, {"bf", "bf", "I>F"}, {"c0", "c1", "i>i"}, {"c2", "c4", "I>I"}
  };

  private static final String[] SATURATING = {
    "f>i", "f>i", "F>i", "F>i", "f>I", "f>I", "F>I", "F>I"
  };

  private static final String LOADED = "iIfFiiiiIIIIII";
  private static final String STORED = "iIfFiiIII";

  private final WasmBuilder module = new WasmBuilder();
  private final WasmCode start = new WasmCode();

  private EveryInstruction() {}

  static byte[] bytes() {
    EveryInstruction all = new EveryInstruction();
    int yield = all.module.wasi("sched_yield", ">i");
    all.module.memory(1, 3).table(4).global(1);
    all.start.call(yield).drop();
    all.numeric();
    all.memory();
    all.bulk();
    all.tables();
    all.control();
    all.calls();
    all.module.export("_start", all.module.function(">", "", all.start));
    return all.module.build();
  }

  private static WasmCode one(WasmCode code, char type) {
    return switch (type) {
      case 'i' -> code.i32(1);
      case 'I' -> code.i64(1);
      case 'f' -> code.op(0x43, 0, 0, 0x80, 0x3f);
      case 'F' -> code.op(0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f);
      default -> code.op(0xd0, 0x70);
    };
  }

  private static WasmCode ones(WasmCode code, String types) {
    types.chars().forEach(type -> one(code, (char) type));
    return code;
  }

  /** A function of that type that gets its parameters onto the stack, then runs the code. */
  private void call(String signature, WasmCode body) {
    int arrow = signature.indexOf('>');
    WasmCode code = new WasmCode();
    for (int i = 0; i < arrow; i++) {
      code.get(i);
    }
    int function = module.function(signature, "", code.append(body));
    ones(start, signature.substring(0, arrow)).call(function);
    for (int i = arrow + 1; i < signature.length(); i++) {
      start.drop();
    }
  }

  private void numeric() {
    for (String[] range : NUMERIC) {
      int last = Integer.parseInt(range[1], 16);
      for (int opcode = Integer.parseInt(range[0], 16); opcode <= last; opcode++) {
        call(range[2], new WasmCode().op(opcode));
      }
    }
    for (int i = 0; i < SATURATING.length; i++) {
      call(SATURATING[i], new WasmCode().op(0xfc, i));
    }
  }

  private void memory() {
    for (int i = 0; i < LOADED.length(); i++) {
      call("i>" + LOADED.charAt(i), new WasmCode().op(0x28 + i, 0, 8));
    }
    for (int i = 0; i < STORED.length(); i++) {
      call("i" + STORED.charAt(i) + ">", new WasmCode().op(0x36 + i, 0, 8));
    }
    call(">i", new WasmCode().op(0x3f, 0));
    call("i>i", new WasmCode().grow());
  }

  private void bulk() {
    module.passiveData(new byte[] {1, 2, 3});
    call("iii>", new WasmCode().op(0xfc, 10, 0, 0));
    call("iii>", new WasmCode().op(0xfc, 11, 0));
    call("iii>", new WasmCode().op(0xfc, 8, 0, 0));
    call(">", new WasmCode().op(0xfc, 9, 0));
  }

  private void tables() {
    module.passiveElements(0, 0, 0);
    call("iii>", new WasmCode().op(0xfc, 12, 0, 0));
    call(">", new WasmCode().op(0xfc, 13, 0));
    call("iii>", new WasmCode().op(0xfc, 14, 0, 0));
    call(">i", new WasmCode().op(0xfc, 16, 0));
    call("iri>", new WasmCode().op(0xfc, 17, 0));
    call("i>r", new WasmCode().op(0x25, 0));
    call("ir>", new WasmCode().op(0x26, 0));
    call(">i", new WasmCode().op(0xd2, 0, 0xd1));
    call("r>i", new WasmCode().op(0xd1));
  }

  private void control() {
    for (char type : "iIfFr".toCharArray()) {
      String two = "" + type + type;
      boolean isReference = type == 'r';
      int code = isReference ? 0x70 : "FfIi".indexOf(type) + 0x7c;
      call(two + "i>" + type, new WasmCode().op(0x1c, 1, code));
      if (!isReference) {
        call(two + "i>" + type, new WasmCode().op(0x1b));
      }
      call(
          "i>" + two,
          ones(new WasmCode().op(0x04, module.type(">" + two)), two)
              .op(0x05)
              .append(ones(new WasmCode(), two))
              .end());
      call(two + ">" + two, new WasmCode().op(0x03, module.type(two + ">" + two)).end());
    }
    call(">", new WasmCode().op(0x01, 0x0f));
    call("i>", new WasmCode().drop().block().block().i32(1).op(0x0e, 1, 0, 1).end().end());
    call("i>i", new WasmCode().drop().getGlobal(0).tee(0).setGlobal(0).getGlobal(0));
  }

  /** Direct, through the table, with every type in and several results out. */
  private void calls() {
    String all = "iIfF>FfIi";
    int swap = module.function(all, "", new WasmCode().get(3).get(2).get(1).get(0));
    module.elements(3, swap);
    call(all, new WasmCode().call(swap));
    call(all, new WasmCode().i32(3).op(0x11, module.type(all), 0));
    int same = module.function("f>f", "", new WasmCode().get(0));
    module.elements(2, same);
    call("f>f", new WasmCode().i32(2).op(0x11, module.type("f>f"), 0));
  }
}
