package dev.limpet.wasmgate;

/** Reads types, and the constant expressions that initialise globals and segments. */
final class TypeReader {
  /** Stands in a signature for a type that is not admitted. */
  private static final char REFUSED = '?';

  private static final int FUNCREF = 0x70;
  private static final int END = 0x0b;

  private static final int HAS_MAXIMUM = 1;
  private static final int SHARED = 2;
  private static final int WIDE_ADDRESSES = 4;
  private static final int PAGE_SIZE = 8;

  /** Minimum and maximum; -1 for none. Both are unsigned and below 2^63 unless refused. */
  record Limits(long minimum, long maximum) {}

  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;

  TypeReader(WasmReader reader, ModuleShape shape, Findings findings) {
    this.reader = reader;
    this.shape = shape;
    this.findings = findings;
  }

  /** A value type as a letter of a signature; one that is not admitted is reported. */
  char valueType() {
    return valueType(reader.u8());
  }

  /** The value type that begins with this byte. */
  char valueType(int code) {
    return switch (code) {
      case 0x7f -> 'i';
      case 0x7e -> 'I';
      case 0x7d -> 'f';
      case 0x7c -> 'F';
      case FUNCREF -> {
        shape.features.add(Feature.REFERENCE_TYPES);
        yield 'r';
      }
      case 0x63, 0x64 -> {
        report(Rule.FUNCTION_REFERENCES);
        heapType();
        yield REFUSED;
      }
      default -> {
        report(refusalOfType(code));
        yield REFUSED;
      }
    };
  }

  private Rule refusalOfType(int code) {
    return switch (code) {
      case 0x7b -> Rule.SIMD;
      case 0x6f -> Rule.EXTERNREF;
      case 0x69, 0x74 -> Rule.EXCEPTIONS;
      case 0x68, 0x75 -> Rule.STACK_SWITCHING;
      case 0x67, 0x66, 0x62, 0x61 -> Rule.STRINGREF;
      case 0x6e, 0x6d, 0x6c, 0x6b, 0x6a, 0x71, 0x72, 0x73 -> Rule.GC;
      default -> throw reader.malformed("0x" + Integer.toHexString(code) + " is not a type");
    };
  }

  /** The type of a reference; functions are all that can be referred to. */
  void referenceType() {
    if (reader.peek() == FUNCREF) {
      reader.u8();
    } else if ("iIfF".indexOf(valueType()) >= 0) {
      throw reader.malformed("a reference type is expected");
    }
  }

  /** What a null refers to: an abstract type in one byte, or a defined type by its index. */
  void heapType() {
    if (nextIsSingleByte()) {
      valueType();
    } else {
      report(Rule.FUNCTION_REFERENCES);
      typeIndex();
    }
  }

  /** Types are negative numbers of one byte, so that indices of types can stand in their place. */
  boolean nextIsSingleByte() {
    return (reader.peek() & 0xc0) == 0x40;
  }

  /** A type index that is written as a signed number of 33 bits. */
  int typeIndex() {
    long index = reader.s33();
    if (index < 0 || index >= shape.typeCount()) {
      throw reader.malformed("there is no type " + index);
    }
    return (int) index;
  }

  private void report(Rule rule) {
    findings.add(rule, "Before byte " + reader.position() + " a type of this extension is used");
  }

  /** The type of a table. */
  Limits tableType() {
    if (reader.peek() == 0x40) {
      findings.add(Rule.FUNCTION_REFERENCES, "A table has an initial expression");
      throw new UnreadablePartException();
    }
    referenceType();
    return limits();
  }

  /** The limits of a memory or table; shared and 64-bit ones are reported. */
  Limits limits() {
    int flags = reader.u8();
    if (flags >= 2 * PAGE_SIZE) {
      throw reader.malformed("limits have the unknown flags " + flags);
    }
    if ((flags & SHARED) != 0) {
      findings.add(Rule.SHARED_MEMORY, "Its memory or table is shared");
    }
    boolean wide = (flags & WIDE_ADDRESSES) != 0;
    if (wide) {
      findings.add(Rule.MEMORY64, "Its memory or table has 64-bit addresses");
    }
    long minimum = wide ? reader.u64() : reader.u32();
    long maximum = -1;
    if ((flags & HAS_MAXIMUM) != 0) {
      maximum = wide ? reader.u64() : reader.u32();
      if (Long.compareUnsigned(minimum, maximum) > 0) {
        throw reader.malformed("limits have a maximum below the minimum");
      }
    }
    if ((flags & PAGE_SIZE) != 0) {
      findings.add(Rule.CUSTOM_PAGE_SIZES, "Its memory has pages of its own size");
      reader.u32();
    }
    return new Limits(minimum, maximum);
  }

  /** The type of a global; true when it is mutable. */
  boolean globalType() {
    valueType();
    int mutable = reader.u8();
    if (mutable > 1) {
      throw reader.malformed("a global is neither constant nor mutable");
    }
    return mutable == 1;
  }

  /** A constant expression: one constant, whose type the engine checks, and an end. */
  void constant() {
    int instructions = 0;
    boolean extended = false;
    for (int opcode = reader.u8(); opcode != END; opcode = reader.u8()) {
      extended |= constantInstruction(opcode);
      instructions++;
    }
    if (extended) {
      findings.add(
          Rule.EXTENDED_CONST, "Before byte " + reader.position() + " a constant is computed");
    } else if (instructions != 1) {
      throw reader.malformed("a constant expression must be one constant");
    }
  }

  /** Reads one instruction of a constant expression; true when it is of the extension for these. */
  private boolean constantInstruction(int opcode) {
    switch (opcode) {
      case 0x41 -> reader.s32();
      case 0x42 -> reader.s64();
      case 0x43 -> reader.skip(Float.BYTES);
      case 0x44 -> reader.skip(Double.BYTES);
      case 0x23 -> reader.index(shape.globalCount(), "global");
      case 0xd0 -> nullReference();
      case 0xd2 -> functionReference();
      case 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e -> {
        return true;
      }
      case 0xfb, 0xfd -> {
        findings.add(
            Opcodes.refusal(opcode), "A constant is made by an instruction of this extension");
        throw new UnreadablePartException();
      }
      default -> throw reader.malformed("0x" + Integer.toHexString(opcode) + " makes no constant");
    }
    return false;
  }

  private void nullReference() {
    shape.features.add(Feature.REFERENCE_TYPES);
    heapType();
  }

  private void functionReference() {
    shape.features.add(Feature.REFERENCE_TYPES);
    reader.index(shape.functionCount(), "function");
  }
}
