package dev.limpet.wasmgate;

import dev.limpet.wasmgate.Opcodes.Operands;
import java.util.BitSet;

/**
 * Reads every instruction of every body. It knows the operands of each instruction, that blocks are
 * closed, that indices are in range; whether the operand stack has the right types is left to the
 * engine's validation. A body with something that is refused is reported and skipped from there on.
 *
 * <p>One pass, one byte after the other: work is linear in size, and state is a depth and one bit
 * for each open block.
 */
final class CodeReader {
  /**
   * Parameters of a block: a branch moves all of them, so a few bytes of wasm would become many.
   */
  private static final int MAX_BLOCK_PARAMETERS = GateLimits.MAX_RESULTS;

  /** Bit of the alignment of an access that says that the number of a memory follows. */
  private static final int HAS_MEMORY_INDEX = 0x40;

  /** Alignment of the widest access, 8 bytes, as a power of two. */
  private static final int WIDEST_ALIGNMENT = 3;

  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;
  private final GateLimits limits;
  private final TypeReader types;
  private final ExtendedOpcodes extended;

  private int function;
  private long locals;
  private int depth;

  /** By depth: whether the open block is an {@code if} that may still have an {@code else}. */
  private final BitSet mayHaveElse = new BitSet();

  CodeReader(ScanContext context) {
    this.reader = context.reader();
    this.shape = context.shape();
    this.findings = context.findings();
    this.limits = context.limits();
    this.types = context.types();
    this.extended = new ExtendedOpcodes(context);
  }

  void code() {
    long count = reader.u32();
    if (count != shape.declaredFunctions) {
      throw reader.malformed(
          "there are " + count + " bodies for " + shape.declaredFunctions + " functions");
    }
    if (count > limits.functions()) {
      // Reported when the function section was read.
      throw new UnreadablePartException();
    }
    for (long i = 0; i < count; i++) {
      function = shape.importedFunctions + (int) i;
      body();
    }
  }

  private void body() {
    long size = reader.u32();
    int outer = reader.enter(size, "a function body");
    shape.addBody(function, (int) size);
    if (size > limits.bodyBytes()) {
      findings.addIn(
          function,
          Rule.BODY_TOO_LARGE,
          "has a body of " + size + " bytes; the limit is " + limits.bodyBytes());
      reader.skipPart();
    } else if (shape.instructions > GateLimits.MAX_INSTRUCTIONS) {
      reader.skipPart();
    } else {
      instructionsOfBody();
    }
    reader.leave(outer, "a function body");
  }

  private void instructionsOfBody() {
    try {
      locals();
      depth = 1;
      mayHaveElse.clear();
      while (depth > 0) {
        shape.instructions++;
        instruction(reader.u8());
      }
    } catch (UnreadablePartException e) {
      // What is wrong has been reported where it was found.
      reader.skipPart();
    }
  }

  private void locals() {
    String signature = shape.signatureOf(function);
    locals = signature == null ? 0 : signature.indexOf('>');
    for (long groups = reader.u32(); groups > 0; groups--) {
      locals += reader.u32();
      types.valueType();
    }
    shape.totalLocals += locals;
    if (locals > GateLimits.MAX_LOCALS) {
      findings.addIn(
          function,
          Rule.LOCALS,
          "has " + locals + " locals and parameters; the limit is " + GateLimits.MAX_LOCALS);
    }
  }

  private void instruction(int opcode) {
    Operands operands = Opcodes.operands(opcode);
    if (operands == null) {
      throw refused(opcode);
    }
    switch (operands) {
      case NONE -> {}
      case BLOCK_TYPE -> open(false);
      case IF -> open(true);
      case ELSE -> otherwise();
      case END -> depth--;
      case LABEL -> label();
      case LABEL_TABLE -> labels();
      case FUNCTION -> reader.index(shape.functionCount(), "function");
      case TYPE_AND_TABLE -> {
        reader.index(shape.typeCount(), "type");
        reader.index(shape.tables, "table");
      }
      case LOCAL -> local();
      case GLOBAL -> reader.index(shape.globalCount(), "global");
      case TABLE -> {
        shape.features.add(Feature.REFERENCE_TYPES);
        reader.index(shape.tables, "table");
      }
      case ADDRESS -> address();
      case MEMORY -> extended.memory(function);
      case MEMORY_GROW -> {
        extended.memory(function);
        shape.growsMemory = true;
      }
      case I32 -> reader.s32();
      case I64 -> reader.s64();
      case F32 -> reader.skip(Float.BYTES);
      case F64 -> reader.skip(Double.BYTES);
      case VALUE_TYPES -> selectedType();
      case HEAP_TYPE -> {
        shape.features.add(Feature.REFERENCE_TYPES);
        types.heapType();
      }
      case FUNCTION_REFERENCE -> {
        shape.features.add(Feature.REFERENCE_TYPES);
        reader.index(shape.functionCount(), "function");
      }
      case SIGN_EXTENSION -> shape.features.add(Feature.SIGN_EXTENSION);
      case REF_IS_NULL -> shape.features.add(Feature.REFERENCE_TYPES);
      case PREFIX_FC -> extended.instruction(function);
    }
  }

  private UnreadablePartException refused(int opcode) {
    boolean isString = opcode == 0xfb && reader.u32() >= 0x80;
    Rule rule = isString ? Rule.STRINGREF : Opcodes.refusal(opcode);
    findings.addIn(
        function,
        rule,
        "has the instruction 0x%02x before byte %d".formatted(opcode, reader.position()));
    return new UnreadablePartException();
  }

  private void open(boolean isIf) {
    blockType();
    if (depth > GateLimits.MAX_NESTING) {
      findings.addIn(
          function,
          Rule.NESTING,
          "has more than " + GateLimits.MAX_NESTING + " blocks inside each other");
      throw new UnreadablePartException();
    }
    depth++;
    mayHaveElse.set(depth, isIf);
  }

  private void blockType() {
    if (types.nextIsSingleByte()) {
      int code = reader.u8();
      if (code != 0x40) {
        types.valueType(code);
      }
      return;
    }
    String signature = shape.typeAt(types.typeIndex());
    if (signature == null) {
      return;
    }
    int parameters = signature.indexOf('>');
    if (parameters > 0) {
      shape.features.add(Feature.MULTI_VALUE);
    }
    if (parameters > MAX_BLOCK_PARAMETERS) {
      findings.addIn(
          function,
          Rule.TYPE_TOO_WIDE,
          "has a block with %d parameters; the limit is %d"
              .formatted(parameters, MAX_BLOCK_PARAMETERS));
    }
  }

  private void otherwise() {
    if (!mayHaveElse.get(depth)) {
      throw reader.malformed("an else has no if");
    }
    mayHaveElse.clear(depth);
  }

  private void label() {
    reader.index(depth, "block to branch to at depth");
  }

  private void labels() {
    long count = reader.u32();
    if (count > GateLimits.MAX_BRANCH_TARGETS) {
      findings.addIn(
          function,
          Rule.BRANCH_TARGETS,
          "has a br_table of " + count + " targets; the limit is " + GateLimits.MAX_BRANCH_TARGETS);
      throw new UnreadablePartException();
    }
    // One more: the default target.
    for (long i = 0; i <= count; i++) {
      label();
    }
  }

  private void local() {
    reader.index(shape.functionsKnown ? locals : ModuleShape.UNKNOWN, "local");
  }

  private void address() {
    long alignment = reader.u32();
    if (alignment >= HAS_MEMORY_INDEX && alignment < 2 * HAS_MEMORY_INDEX) {
      findings.addIn(function, Rule.MULTI_MEMORY, "names the memory that it reads or writes");
      throw new UnreadablePartException();
    }
    if (alignment > WIDEST_ALIGNMENT) {
      throw reader.malformed("an access is aligned to 2^" + alignment + " bytes");
    }
    if (findings.has(Rule.MEMORY64)) {
      reader.u64();
    } else {
      reader.u32();
    }
    extended.requireMemory();
  }

  private void selectedType() {
    shape.features.add(Feature.REFERENCE_TYPES);
    if (reader.u32() != 1) {
      throw reader.malformed("a select does not have one type");
    }
    types.valueType();
  }
}
