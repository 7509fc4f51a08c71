package dev.limpet.wasmhost;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import java.util.Random;

/**
 * A program made by chance, the same for the same seed on every machine: integers, floats with NaNs
 * of all sorts, memory, globals, loops, switches, calls, bulk operations and calls of the host. It
 * ends: loops have few turns, and a function calls only those before it. It may trap.
 *
 * <p>Each of its phases calls a function and then writes all memory, in which are also the results
 * and globals, to its output.
 *
 * <p>In its measured form it says itself what the sandbox does with it: each turn of a loop and
 * each call adds one to a global, as {@code fuel-v1} counts them, and the NaN of each instruction
 * is made canonical by instructions, as is a product of 32 bits. So an engine that has neither
 * meters nor our pass must come to the same.
 */
public final class RandomProgram {

  /** The exported function that runs all phases, in the forms that are no command. */
  public static final String ENTRY = "run";

  /** The global that counts in the measured form; an i64. */
  public static final int TICKS = 4;

  /** Types of values, in the order of their opcodes. */
  static final String LETTERS = "iIfF";

  private static final int FUNCTIONS = 6;

  /** Of these, the first call nothing, and only they are called in loops and through the table. */
  private static final int LEAVES = 2;

  /** Nodes of the body of a function: one in four reads and writes so often that it is dense. */
  private static final int SHORT = 90;

  private static final int LONG = 500;
  private static final int PHASES = 3;
  private static final int GLOBALS = 6;
  private static final int RESULTS = 0x1100;
  private static final int VECTOR = 0x1200;

  private final Random random;
  private final boolean measured;
  private final WasmBuilder module = new WasmBuilder();
  private final String[] types = new String[FUNCTIONS];

  private int first;

  private RandomProgram(Random random, boolean measured) {
    this.random = random;
    this.measured = measured;
  }

  /** The module of that seed as a WASI command. */
  public static byte[] command(long seed) {
    return new RandomProgram(new Random(seed), false).build("_start");
  }

  /** The same, run by {@link #ENTRY}: what is called {@code _start} an engine runs by itself. */
  public static byte[] plain(long seed) {
    return plain(new Random(seed));
  }

  /** The same in its measured form, run by {@link #ENTRY}. */
  public static byte[] measured(long seed) {
    return measured(new Random(seed));
  }

  /** As {@link #plain(long)}, of other chance. */
  public static byte[] plain(Random random) {
    return new RandomProgram(random, false).build(ENTRY);
  }

  /** As {@link #measured(long)}, of other chance. */
  public static byte[] measured(Random random) {
    return new RandomProgram(random, true).build(ENTRY);
  }

  private byte[] build(String entry) {
    module.wasi("random_get", "ii>i");
    module.wasi("clock_time_get", "iIi>i");
    first = module.wasi("fd_write", "iiii>i") + 1;
    module.memory(1, 4).table(LEAVES + 1).section(GLOBALS, globals());
    for (int i = 0; i < FUNCTIONS; i++) {
      types[i] = type();
    }
    for (int i = 0; i < FUNCTIONS; i++) {
      RandomBody body = new RandomBody(this, i, types[i]);
      body.write(random.nextInt(4) == 0 ? LONG : SHORT);
      int _ = module.function(types[i], RandomBody.LOCALS, body.code());
    }
    for (int i = 0; i < LEAVES; i++) {
      module.elements(i, first + i);
    }
    return module
        .data(0, bytes(512))
        .exportMemory()
        .export(entry, module.function(">", RandomBody.LOCALS, start()))
        .build();
  }

  private WasmCode start() {
    RandomBody body = new RandomBody(this, FUNCTIONS, ">");
    for (int phase = 0; phase < PHASES; phase++) {
      int callee = FUNCTIONS - 1 - phase;
      String result = types[callee].substring(types[callee].indexOf('>') + 1);
      body.code().i32(RESULTS + 8 * phase);
      body.call(callee);
      if (result.isEmpty()) {
        body.code().drop();
      } else {
        body.code().op(0x36 + LETTERS.indexOf(result), 0, 0);
      }
      write(body);
    }
    return body.code();
  }

  /** Globals into memory, and memory to standard output. */
  private static void write(RandomBody body) {
    for (int i = 0; i < TICKS; i++) {
      body.code().i32(RESULTS + 64 + 8 * i).getGlobal(i).op(0x36 + i, 0, 0);
    }
    body.code().store(VECTOR, 0).store(VECTOR + 4, 0x10000);
    body.code().i32(1).i32(VECTOR).i32(1).i32(VECTOR + 8);
    body.tick();
    body.code().call(2).drop();
  }

  private static byte[] globals() {
    WasmCode all = new WasmCode().op(TICKS + 1);
    all.op(0x7f, 1).i32(0).end().op(0x7e, 1).i64(0).end();
    all.op(0x7d, 1, 0x43, 0, 0, 0xc0, 0x7f).end();
    all.op(0x7c, 1, 0x44, 1, 0, 0, 0, 0, 0, 0xf0, 0xff).end();
    return all.op(0x7e, 1).i64(0).end().toBytes();
  }

  /** Bytes among which many are of NaNs. */
  private byte[] bytes(int length) {
    byte[] all = new byte[length];
    random.nextBytes(all);
    for (int i = 7; i < length; i += 8) {
      if (random.nextInt(3) > 0) {
        all[i] = (byte) (random.nextBoolean() ? 0x7f : 0xff);
        all[i - 1] = (byte) (0xf0 | random.nextInt(16));
      }
    }
    return all;
  }

  private String type() {
    StringBuilder type = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      type.append(letter());
    }
    return type.append('>').append(random.nextInt(5) == 0 ? "" : letter()).toString();
  }

  Random random() {
    return random;
  }

  boolean isMeasured() {
    return measured;
  }

  char letter() {
    return LETTERS.charAt(random.nextInt(4));
  }

  String typeOf(int function) {
    return types[function];
  }

  int indexOf(int function) {
    return first + function;
  }

  int typeIndex(String type) {
    return module.type(type);
  }

  /** How many functions a body may call: those before it, in a loop the leaves of these. */
  int callees(int caller, boolean inLoop) {
    return caller < LEAVES ? 0 : inLoop ? LEAVES : caller;
  }

  /** Entries of the table; one more is empty. */
  int tableEntries() {
    return LEAVES;
  }
}
