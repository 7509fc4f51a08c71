package dev.limpet.wasmgate;

/** Reads the segments that fill the table and the memory. */
final class SegmentReader {
  /** Bits of the flags of an element segment. */
  private static final int NOT_ACTIVE = 1;

  private static final int EXPLICIT = 2;
  private static final int EXPRESSIONS = 4;

  private static final int PASSIVE_DATA = 1;
  private static final int DATA_WITH_MEMORY = 2;

  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;
  private final TypeReader types;
  private long elements;

  SegmentReader(ScanContext context) {
    this.reader = context.reader();
    this.shape = context.shape();
    this.findings = context.findings();
    this.types = context.types();
  }

  void elements() {
    long count =
        findings.count(
            reader.u32(),
            GateLimits.MAX_ELEMENT_SEGMENTS,
            Rule.ELEMENT_SEGMENTS,
            "element segments");
    for (long i = 0; i < count; i++) {
      elementSegment();
      shape.elementSegments++;
    }
  }

  private void elementSegment() {
    long flags = reader.u32();
    if (flags > (NOT_ACTIVE | EXPLICIT | EXPRESSIONS)) {
      throw reader.malformed("an element segment has the unknown flags " + flags);
    }
    boolean active = (flags & NOT_ACTIVE) == 0;
    if (active) {
      if ((flags & EXPLICIT) != 0) {
        reader.index(shape.tables, "table");
      } else if (shape.tables == 0) {
        throw reader.malformed("there is no table for an element segment");
      }
      types.constant();
    } else {
      shape.features.add(Feature.BULK_MEMORY);
    }
    boolean expressions = (flags & EXPRESSIONS) != 0;
    if (!active || (flags & EXPLICIT) != 0) {
      elementKind(expressions);
    }
    entries(expressions);
  }

  private void elementKind(boolean expressions) {
    if (expressions) {
      types.referenceType();
    } else if (reader.u8() != 0) {
      throw reader.malformed("an element segment does not hold functions");
    }
  }

  private void entries(boolean expressions) {
    long count = reader.u32();
    elements += count;
    findings.count(elements, GateLimits.MAX_ELEMENTS, Rule.ELEMENTS, "elements for its table");
    for (long i = 0; i < count; i++) {
      if (expressions) {
        types.constant();
      } else {
        reader.index(shape.functionCount(), "function");
      }
    }
  }

  void dataCount() {
    shape.dataCount = reader.u32();
  }

  void data() {
    long count = reader.u32();
    if (shape.dataCount >= 0 && shape.dataCount != count) {
      throw reader.malformed(
          "there are " + count + " data segments, but " + shape.dataCount + " are announced");
    }
    findings.count(count, GateLimits.MAX_DATA_SEGMENTS, Rule.DATA_SEGMENTS, "data segments");
    for (long i = 0; i < count; i++) {
      dataSegment();
    }
  }

  private void dataSegment() {
    long flags = reader.u32();
    if (flags > DATA_WITH_MEMORY) {
      throw reader.malformed("a data segment has the unknown flags " + flags);
    }
    if (flags == PASSIVE_DATA) {
      shape.features.add(Feature.BULK_MEMORY);
    } else {
      if (flags == DATA_WITH_MEMORY) {
        reader.index(shape.memories, "memory");
      } else if (shape.memories == 0) {
        throw reader.malformed("there is no memory for a data segment");
      }
      types.constant();
    }
    reader.skip(reader.u32());
  }
}
