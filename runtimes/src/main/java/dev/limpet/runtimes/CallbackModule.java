package dev.limpet.runtimes;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a module that is initialised once and then called of a program that starts, runs and ends.
 * All functions keep their numbers; two are added, and the exports are {@code memory}, {@code
 * limpet_init} and {@code _start}. The first is the program's own start. The second writes one line
 * of text below the stack of the C code, {@code before ENVIRONMENT after}, the environment in hex,
 * and gives it to a function of the program.
 */
final class CallbackModule {
  /**
   * What is called back.
   *
   * @param function number of a function (text, flags) to 0, or something else when it failed; the
   *     flags are 0
   * @param before what the line begins with, in ASCII
   * @param after what it ends with, in ASCII
   */
  record Line(int function, String before, String after) {}

  private static final int CUSTOM = 0;
  private static final int TYPE = 1;
  private static final int IMPORT = 2;
  private static final int FUNCTION = 3;
  private static final int GLOBAL = 6;
  private static final int EXPORT = 7;
  private static final int CODE = 10;
  private static final int HEADER_BYTES = 8;

  private final byte[] module;
  private final Map<Integer, WasmPart> sections = new LinkedHashMap<>();

  private CallbackModule(byte[] module) {
    this.module = module;
  }

  /**
   * Makes one.
   *
   * @param module exports {@code _start} and {@code memory}, keeps its stack pointer in global 0,
   *     and imports {@code environ_sizes_get}, {@code environ_get} and {@code proc_exit}
   * @throws IllegalArgumentException when it does not
   */
  static byte[] of(byte[] module, Line line) {
    try {
      return new CallbackModule(module).with(line);
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("is cut off", e);
    }
  }

  private byte[] with(Line line) {
    readSections();
    Map<String, Integer> imports = imports();
    int defined = section(FUNCTION).count();
    int first = imports.size() + defined;
    int type = typeOfNothing();
    WasmPart.Writer init = new WasmPart.Writer().number(0).call(start()).end();
    Calls calls =
        new Calls(
            number(imports, "environ_sizes_get"),
            number(imports, "environ_get"),
            number(imports, "proc_exit"));
    WasmPart.Writer start = new LineWriter(line, calls).body();
    var _ = section(GLOBAL); // the stack pointer

    Map<Integer, byte[]> changed = new LinkedHashMap<>();
    changed.put(
        FUNCTION, section(FUNCTION).with(2, new WasmPart.Writer().number(type).number(type)));
    changed.put(CODE, section(CODE).with(2, new WasmPart.Writer().sized(init).sized(start)));
    changed.put(
        EXPORT,
        new WasmPart.Writer()
            .number(3)
            .export("memory", WasmPart.MEMORY, 0)
            .export("limpet_init", WasmPart.FUNCTION, first)
            .export("_start", WasmPart.FUNCTION, first + 1)
            .bytes());
    return written(changed);
  }

  /** Imports that the line's function needs. */
  record Calls(int sizes, int environment, int exit) {}

  private void readSections() {
    WasmPart all = new WasmPart(module, HEADER_BYTES, module.length);
    while (all.more()) {
      int id = all.octet();
      WasmPart body = all.part();
      if (id != CUSTOM) {
        sections.put(id, body);
      }
    }
  }

  private byte[] written(Map<Integer, byte[]> changed) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(module.length);
    out.write(module, 0, HEADER_BYTES);
    sections.forEach(
        (id, body) -> {
          byte @Nullable [] other = changed.get(id);
          byte[] bytes = other == null ? body.copy() : other;
          out.writeBytes(new WasmPart.Writer().octet(id).number(bytes.length).bytes());
          out.writeBytes(bytes);
        });
    return out.toByteArray();
  }

  private WasmPart section(int id) {
    WasmPart found = sections.get(id);
    if (found == null) {
      throw new IllegalArgumentException("has no section " + id);
    }
    return found.again();
  }

  /** Numbers of the imported functions, by name; of two of one name, the last. */
  private Map<String, Integer> imports() {
    Map<String, Integer> found = new LinkedHashMap<>();
    WasmPart part = section(IMPORT);
    int count = part.number();
    for (int i = 0; i < count; i++) {
      var _ = part.text();
      String name = part.text();
      if (part.octet() != WasmPart.FUNCTION) {
        throw new IllegalArgumentException("imports something else than functions");
      }
      var _ = part.number();
      if (found.put(name, i) != null) {
        throw new IllegalArgumentException("imports " + name + " twice");
      }
    }
    return found;
  }

  private static int number(Map<String, Integer> imports, String name) {
    Integer number = imports.get(name);
    if (number == null) {
      throw new IllegalArgumentException("does not import " + name);
    }
    return number;
  }

  private int start() {
    WasmPart part = section(EXPORT);
    int count = part.number();
    for (int i = 0; i < count; i++) {
      String name = part.text();
      int kind = part.octet();
      int number = part.number();
      if (kind == WasmPart.FUNCTION && name.equals("_start")) {
        return number;
      }
    }
    throw new IllegalArgumentException("has no _start");
  }

  /** The number of the type without parameters and results. */
  private int typeOfNothing() {
    WasmPart part = section(TYPE);
    int count = part.number();
    for (int i = 0; i < count; i++) {
      var _ = part.octet();
      int parameters = part.skipOctets();
      int results = part.skipOctets();
      if (parameters == 0 && results == 0) {
        return i;
      }
    }
    throw new IllegalArgumentException("has no function without parameters and results");
  }

  /** The function that writes the line: its locals, and its code. */
  private record LineWriter(Line line, Calls calls) {
    private static final int SIZES = 0;
    private static final int COUNT = 1;
    private static final int LENGTH = 2;
    private static final int POINTERS = 3;
    private static final int TEXT = 4;
    private static final int OUT = 5;
    private static final int AT = 6;
    private static final int OCTET = 7;
    private static final int DIGIT = 8;
    private static final int LOCALS = 9;

    private static final int ALIGNMENT = 16;

    WasmPart.Writer body() {
      WasmPart.Writer code = new WasmPart.Writer().locals(LOCALS);
      reserve(code);
      code.get(POINTERS).get(TEXT).call(calls.environment()).drop();
      constants(code, line.before(), 0, false);
      hex(code);
      constants(code, line.after() + "\0", line.before().length(), true);
      code.get(OUT).constant(0).call(line.function()).constant(0).notEqual().call(calls.exit());
      return code.end();
    }

    /**
     * Places for sizes, pointers, text and line, below each other; the stack pointer below them.
     */
    private void reserve(WasmPart.Writer code) {
      code.stackPointer().constant(ALIGNMENT).subtract().tee(SIZES);
      code.get(SIZES).constant(4).add().call(calls.sizes()).drop();
      code.get(SIZES).load(0).set(COUNT).get(SIZES).load(4).set(LENGTH);
      code.get(SIZES).get(COUNT).constant(2).shiftLeft().subtract().set(POINTERS);
      code.get(POINTERS).get(LENGTH).subtract().set(TEXT);
      int constant = line.before().length() + line.after().length() + 1 + ALIGNMENT;
      code.get(TEXT).get(LENGTH).constant(1).shiftLeft().subtract().constant(constant).subtract();
      code.constant(-ALIGNMENT).and().tee(OUT).setStackPointer();
    }

    /** Stores a text behind so many octets, and behind the hex digits. */
    private void constants(WasmPart.Writer code, String text, int at, boolean behindDigits) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      for (int i = 0; i < bytes.length; i++) {
        code.get(OUT);
        if (behindDigits) {
          code.get(LENGTH).constant(1).shiftLeft().add();
        }
        code.constant(bytes[i]).storeOctet(at + i);
      }
    }

    /** Two digits for each octet of the environment. */
    private void hex(WasmPart.Writer code) {
      code.block().loop().get(AT).get(LENGTH).notLess().branchIf(1);
      code.get(TEXT).get(AT).add().loadOctet().set(OCTET);
      digit(code.position(OUT, AT).get(OCTET).constant(4).shiftRight(), 0);
      digit(code.position(OUT, AT).get(OCTET).constant(15).and(), 1);
      code.get(AT).constant(1).add().set(AT).branch(0).end().end();
    }

    private void digit(WasmPart.Writer code, int behind) {
      code.tee(DIGIT).constant('0').add();
      code.get(DIGIT).constant(9).more().constant('a' - '0' - 10).multiply().add();
      code.storeOctet(line.before().length() + behind);
    }
  }
}
