package dev.limpet.wasmgate;

/** Reads the instructions behind the prefix 0xFC, and the number of a memory or table. */
final class ExtendedOpcodes {
  private static final int LAST_SATURATING = 7;
  private static final int FIRST_WIDE = 19;
  private static final int LAST_WIDE = 22;

  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;

  ExtendedOpcodes(ScanContext context) {
    this.reader = context.reader();
    this.shape = context.shape();
    this.findings = context.findings();
  }

  /** Reads the rest of an instruction after its prefix. */
  void instruction(int function) {
    long opcode = reader.u32();
    if (opcode <= LAST_SATURATING) {
      shape.features.add(Feature.SATURATING_FLOAT_TO_INT);
    } else if (opcode <= 14) {
      shape.features.add(Feature.BULK_MEMORY);
      bulk((int) opcode, function);
    } else if (opcode <= 17) {
      shape.features.add(Feature.REFERENCE_TYPES);
      if (opcode == 15) {
        shape.growsTable = true;
        findings.addIn(function, Rule.TABLE_GROW, "grows its table");
      }
      table();
    } else {
      boolean wide = opcode >= FIRST_WIDE && opcode <= LAST_WIDE;
      findings.addIn(
          function,
          wide ? Rule.WIDE_ARITHMETIC : Rule.UNKNOWN_INSTRUCTION,
          "has the instruction 0xfc %d before byte %d".formatted(opcode, reader.position()));
      throw new UnreadablePartException();
    }
  }

  private void bulk(int opcode, int function) {
    switch (opcode) {
      case 8 -> { // memory.init
        dataSegment();
        memory(function);
      }
      case 9 -> dataSegment(); // data.drop
      case 10 -> { // memory.copy
        memory(function);
        memory(function);
      }
      case 11 -> memory(function); // memory.fill
      case 12 -> { // table.init
        reader.index(shape.elementSegments, "element segment");
        table();
      }
      case 13 -> reader.index(shape.elementSegments, "element segment"); // elem.drop
      default -> { // table.copy
        table();
        table();
      }
    }
  }

  private void table() {
    reader.index(shape.tables, "table");
  }

  private void dataSegment() {
    if (shape.dataCount < 0) {
      throw reader.malformed("a data segment is used without a data count section");
    }
    reader.index(shape.dataCount, "data segment");
  }

  /** The number of the memory that an instruction works on, which must be the only one. */
  void memory(int function) {
    if (reader.u8() != 0) {
      findings.addIn(function, Rule.MULTI_MEMORY, "works on another memory than the first");
      throw new UnreadablePartException();
    }
    requireMemory();
  }

  void requireMemory() {
    if (shape.memories == 0) {
      throw reader.malformed("memory is used, but there is none");
    }
  }
}
