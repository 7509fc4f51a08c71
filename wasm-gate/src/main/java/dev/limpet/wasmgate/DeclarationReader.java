package dev.limpet.wasmgate;

import dev.limpet.wasmgate.ModuleShape.Export;

/** Reads the sections that declare what a module has: all but code and segments. */
final class DeclarationReader {
  private static final int FUNCTION_TYPE = 0x60;

  /** Pages that 32-bit addresses reach. */
  private static final int FORMAT_PAGES = 65_536;

  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;
  private final GateLimits limits;
  private final TypeReader types;

  DeclarationReader(ScanContext context) {
    this.reader = context.reader();
    this.shape = context.shape();
    this.findings = context.findings();
    this.limits = context.limits();
    this.types = context.types();
  }

  void types() {
    long count = findings.count(reader.u32(), GateLimits.MAX_TYPES, Rule.TYPES, "types");
    for (long i = 0; i < count; i++) {
      int form = reader.u8();
      if (form != FUNCTION_TYPE) {
        refuseForm(form);
      }
      functionType();
    }
  }

  private void refuseForm(int form) {
    Rule rule =
        switch (form) {
          case 0x4e, 0x4f, 0x50, 0x5e, 0x5f -> Rule.GC;
          case 0x5d -> Rule.STACK_SWITCHING;
          default ->
              throw reader.malformed("0x" + Integer.toHexString(form) + " begins no function type");
        };
    findings.add(rule, "Type " + shape.types.size() + " is not the type of a function");
    throw new UnreadablePartException();
  }

  private void functionType() {
    StringBuilder signature = new StringBuilder();
    long parameters = values(signature, GateLimits.MAX_PARAMETERS);
    signature.append('>');
    long results = values(signature, GateLimits.MAX_RESULTS);
    if (results > 1) {
      shape.features.add(Feature.MULTI_VALUE);
    }
    if (parameters > GateLimits.MAX_PARAMETERS || results > GateLimits.MAX_RESULTS) {
      findings.add(
          Rule.TYPE_TOO_WIDE,
          "Type %d has %d parameters and %d results; the limits are %d and %d"
              .formatted(
                  shape.types.size(),
                  parameters,
                  results,
                  GateLimits.MAX_PARAMETERS,
                  GateLimits.MAX_RESULTS));
    }
    shape.types.add(signature.toString());
  }

  /** Reads value types and keeps the letters of the first few. */
  private long values(StringBuilder signature, int most) {
    long count = reader.u32();
    for (long i = 0; i < count; i++) {
      char letter = types.valueType();
      if (i < most) {
        signature.append(letter);
      }
    }
    return count;
  }

  void imports() {
    long count = findings.count(reader.u32(), GateLimits.MAX_IMPORTS, Rule.IMPORTS, "imports");
    for (long i = 0; i < count; i++) {
      ImportedName name = new ImportedName(reader.name(), reader.name());
      shape.imports.add(name);
      int kind = reader.u8();
      if (kind == SectionId.FUNCTION_KIND) {
        importedFunction(name);
      } else {
        refuseImport(name, kind);
      }
    }
  }

  private void importedFunction(ImportedName name) {
    int type = reader.index(shape.typeCount(), "type");
    shape.addFunction(type);
    shape.importedFunctions++;
    String shown = Findings.shown(name.toString());
    String expected =
        name.module().equals(WasiPreview1.MODULE) ? WasiPreview1.signature(name.name()) : null;
    if (expected == null) {
      findings.add(Rule.UNKNOWN_IMPORT, "It imports the unknown function " + shown);
      return;
    }
    String actual = shape.typeAt(type);
    if (actual != null && !actual.equals(expected)) {
      String sentence = "It imports " + shown + " as " + Signatures.shown(actual);
      findings.add(Rule.IMPORT_SIGNATURE, sentence + ", which is " + Signatures.shown(expected));
    }
  }

  private void refuseImport(ImportedName name, int kind) {
    String what =
        switch (kind) {
          case SectionId.TABLE_KIND -> {
            types.tableType();
            shape.tables++;
            yield "table";
          }
          case SectionId.MEMORY_KIND -> {
            types.limits();
            shape.memories++;
            yield "memory";
          }
          case SectionId.GLOBAL_KIND -> {
            types.globalType();
            shape.globals++;
            yield "global";
          }
          case SectionId.TAG_KIND -> {
            reader.u8();
            reader.u32();
            yield "tag";
          }
          default -> throw reader.malformed("an import has the unknown kind " + kind);
        };
    Rule rule = kind == SectionId.TAG_KIND ? Rule.EXCEPTIONS : Rule.IMPORT_KIND;
    String shown = Findings.shown(name.toString());
    findings.add(rule, "It imports the " + what + " " + shown + ", but only functions may be");
  }

  void functions() {
    shape.declaredFunctions = reader.u32();
    long count =
        findings.count(shape.declaredFunctions, limits.functions(), Rule.FUNCTIONS, "functions");
    for (long i = 0; i < count; i++) {
      shape.addFunction(reader.index(shape.typeCount(), "type"));
    }
  }

  void tables() {
    long count = reader.u32();
    if (shape.tables < ModuleShape.UNKNOWN && shape.tables + count > 1) {
      findings.add(
          Rule.MULTI_TABLE, "It has " + (shape.tables + count) + " tables; the limit is 1");
    }
    for (long i = 0; i < count; i++) {
      long entries = types.tableType().minimum();
      shape.tables++;
      shape.tableEntries = Math.max(shape.tableEntries, entries);
      if (entries > limits.tableEntries()) {
        findings.add(
            Rule.TABLE_TOO_LARGE,
            "Its table starts with " + entries + " entries; the limit is " + limits.tableEntries());
      }
    }
  }

  void memories() {
    long count = reader.u32();
    if (shape.memories < ModuleShape.UNKNOWN && shape.memories + count > 1) {
      findings.add(
          Rule.MULTI_MEMORY, "It has " + (shape.memories + count) + " memories; the limit is 1");
    }
    for (long i = 0; i < count; i++) {
      memory(types.limits());
    }
  }

  private void memory(TypeReader.Limits pages) {
    boolean first = shape.memories++ == 0;
    boolean fits = pages.minimum() >= 0 && pages.minimum() <= FORMAT_PAGES;
    boolean canFit = fits && pages.maximum() <= FORMAT_PAGES;
    if (!canFit && !findings.has(Rule.MEMORY64) && !findings.has(Rule.CUSTOM_PAGE_SIZES)) {
      throw reader.malformed("a memory has more pages than 32-bit addresses reach");
    }
    if (!first || !canFit) {
      return;
    }
    shape.initialPages = (int) pages.minimum();
    shape.maximumPages = pages.maximum() < 0 ? null : (int) pages.maximum();
    int most = limits.memoryPages();
    if (pages.minimum() > GateLimits.MAX_MEMORY_PAGES) {
      findings.add(
          Rule.MEMORY_TOO_LARGE,
          "It starts with %s of memory; no profile allows more than %s"
              .formatted(
                  Signatures.pages(pages.minimum()),
                  Signatures.pages(GateLimits.MAX_MEMORY_PAGES)));
    } else if (pages.minimum() > most) {
      findings.add(
          Rule.MEMORY_OVER_PROFILE,
          "It starts with %s of memory; the profile of this function allows %s"
              .formatted(Signatures.pages(pages.minimum()), Signatures.pages(most)));
    }
  }

  void globals() {
    long count = findings.count(reader.u32(), GateLimits.MAX_GLOBALS, Rule.GLOBALS, "globals");
    for (long i = 0; i < count; i++) {
      if (types.globalType()) {
        shape.mutableGlobals.set((int) shape.globals);
      }
      types.constant();
      shape.globals++;
    }
  }

  void exports() {
    long count = findings.count(reader.u32(), GateLimits.MAX_EXPORTS, Rule.EXPORTS, "exports");
    for (long i = 0; i < count; i++) {
      String name = reader.name();
      int kind = reader.u8();
      Export export = new Export(kind, reader.index(spaceOf(kind), "thing to export as"));
      if (kind == SectionId.GLOBAL_KIND && shape.mutableGlobals.get(export.index())) {
        shape.features.add(Feature.MUTABLE_GLOBALS);
      }
      if (shape.exports.put(name, export) != null) {
        throw reader.malformed("the name " + Findings.shown(name) + " is exported twice");
      }
    }
  }

  /** The size of the index space that an export of this kind points into. */
  private long spaceOf(int kind) {
    return switch (kind) {
      case SectionId.FUNCTION_KIND -> shape.functionCount();
      case SectionId.TABLE_KIND -> shape.tables;
      case SectionId.MEMORY_KIND -> shape.memories;
      case SectionId.GLOBAL_KIND -> shape.globalCount();
      case SectionId.TAG_KIND -> {
        findings.add(Rule.EXCEPTIONS, "It exports a tag");
        yield ModuleShape.UNKNOWN;
      }
      default -> throw reader.malformed("an export has the unknown kind " + kind);
    };
  }

  void start() {
    String signature = shape.signatureOf(reader.index(shape.functionCount(), "function"));
    if (signature != null && !signature.equals(">")) {
      throw reader.malformed("the start function takes or returns something");
    }
    shape.hasStart = true;
  }
}
