package dev.limpet.wasmgate;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One inspection of one module: the sections in their order, each confined to the length that it
 * states, then what only the whole can tell. Used once.
 */
final class ModuleScan {
  /** Starting with more than this costs each call milliseconds: 4 MiB. */
  private static final int COSTLY_PAGES = 64;

  /** Custom sections above this are worth a word. */
  private static final int COSTLY_CUSTOM_BYTES = 256 * 1024;

  private final ScanContext context;
  private final WasmReader reader;
  private final ModuleShape shape;
  private final Findings findings;
  private final CustomSections customs;
  private final DeclarationReader declarations;
  private final SegmentReader segments;
  private final CodeReader code;
  private final BitSet seen = new BitSet();
  private int lastRank;
  private boolean exportsKnown = true;

  ModuleScan(byte[] wasm, GateLimits limits) {
    this.context = ScanContext.of(wasm, limits);
    this.reader = context.reader();
    this.shape = context.shape();
    this.findings = context.findings();
    this.customs = new CustomSections(wasm);
    this.declarations = new DeclarationReader(context);
    this.segments = new SegmentReader(context);
    this.code = new CodeReader(context);
  }

  /** Bytes that were looked at, those looked at twice counted twice. */
  long bytesRead() {
    return reader.bytesRead() + customs.bytesRead();
  }

  /** Reads the module, which begins with the preamble of a core module. */
  GateVerdict verdict() {
    @Nullable Abi abi = null;
    @Nullable String language = null;
    try {
      reader.skip(Preamble.BYTES);
      while (reader.hasRemaining()) {
        section();
      }
      checkCounts();
      abi = exportsKnown ? new EntryPoint(context).find() : Abi.NONE;
      language = customs.language();
    } catch (MalformedModuleException e) {
      findings.stop(e);
    }
    Map<Integer, String> names = names();
    ModuleReport report = abi == null ? null : report(abi, language, names);
    if (report != null && findings.isEmpty()) {
      return new GateVerdict.Admitted(report);
    }
    return new GateVerdict.Refused(
        findings.refusals(language, index -> names.getOrDefault(index, shape.exportedName(index))),
        report);
  }

  /** The names of the functions that the verdict speaks of. */
  private Map<Integer, String> names() {
    Set<Integer> wanted = new TreeSet<>(findings.functions());
    shape.largestBodies().forEach(body -> wanted.add(body.getKey()));
    return customs.names(wanted);
  }

  private void section() {
    int id = reader.u8();
    if (!SectionId.isKnown(id)) {
      throw reader.malformed(id + " is not the id of a section");
    }
    String name = SectionId.name(id);
    int outer = reader.enter(reader.u32(), name);
    if (id == SectionId.CUSTOM) {
      custom();
    } else {
      requireOrder(id, name);
      try {
        content(id);
      } catch (UnreadablePartException e) {
        // What is wrong has been reported where it was found.
        forget(id);
        reader.skipPart();
      }
    }
    reader.leave(outer, name);
  }

  private void requireOrder(int id, String name) {
    int rank = SectionId.rank(id);
    if (rank <= lastRank) {
      throw reader.malformed(name + " comes twice or too late");
    }
    lastRank = rank;
    seen.set(id);
  }

  private void content(int id) {
    switch (id) {
      case SectionId.TYPE -> declarations.types();
      case SectionId.IMPORT -> declarations.imports();
      case SectionId.FUNCTION -> declarations.functions();
      case SectionId.TABLE -> declarations.tables();
      case SectionId.MEMORY -> declarations.memories();
      case SectionId.GLOBAL -> declarations.globals();
      case SectionId.EXPORT -> declarations.exports();
      case SectionId.START -> declarations.start();
      case SectionId.ELEMENT -> segments.elements();
      case SectionId.CODE -> code.code();
      case SectionId.DATA -> segments.data();
      case SectionId.DATA_COUNT -> segments.dataCount();
      default -> {
        findings.add(Rule.EXCEPTIONS, "It has a section of exception tags");
        throw new UnreadablePartException();
      }
    }
  }

  /** A section was not read to its end: what it would have declared is not known. */
  private void forget(int id) {
    switch (id) {
      case SectionId.TYPE -> shape.typesKnown = false;
      case SectionId.IMPORT -> {
        shape.functionsKnown = false;
        shape.globalsKnown = false;
        shape.tables = ModuleShape.UNKNOWN;
        shape.memories = ModuleShape.UNKNOWN;
      }
      case SectionId.FUNCTION -> shape.functionsKnown = false;
      case SectionId.TABLE -> shape.tables = ModuleShape.UNKNOWN;
      case SectionId.MEMORY -> shape.memories = ModuleShape.UNKNOWN;
      case SectionId.GLOBAL -> shape.globalsKnown = false;
      case SectionId.EXPORT -> exportsKnown = false;
      case SectionId.ELEMENT -> shape.elementSegments = ModuleShape.UNKNOWN;
      default -> {
        // Nothing refers to what the other sections hold.
      }
    }
  }

  private void custom() {
    int size = reader.remaining();
    shape.customBytes += size;
    shape.customSections++;
    if (shape.customSections == GateLimits.MAX_CUSTOM_SECTIONS + 1) {
      findings.add(
          Rule.CUSTOM_SECTIONS,
          "It has more than " + GateLimits.MAX_CUSTOM_SECTIONS + " custom sections");
    }
    String name = reader.name();
    customs.add(name, reader.position(), reader.position() + reader.remaining());
    reader.skipPart();
  }

  private void checkCounts() {
    if (shape.declaredFunctions > 0 && !seen.get(SectionId.CODE)) {
      throw reader.malformed("functions are declared, but there is no code section");
    }
    if (shape.dataCount > 0 && !seen.get(SectionId.DATA)) {
      throw reader.malformed("data segments are announced, but there are none");
    }
    if (shape.instructions > GateLimits.MAX_INSTRUCTIONS) {
      findings.add(
          Rule.INSTRUCTIONS, "It has more than " + GateLimits.MAX_INSTRUCTIONS + " instructions");
    }
    if (shape.totalLocals > GateLimits.MAX_TOTAL_LOCALS) {
      findings.add(
          Rule.TOTAL_LOCALS,
          "Its functions have "
              + shape.totalLocals
              + " locals and parameters; the limit is "
              + GateLimits.MAX_TOTAL_LOCALS);
    }
  }

  private static ModuleReport.LargeBody large(
      Map.Entry<Integer, Integer> body, Map<Integer, String> names) {
    String name = names.get(body.getKey());
    return new ModuleReport.LargeBody(
        body.getKey(), name == null ? null : Findings.shown(name), body.getValue());
  }

  private ModuleReport report(Abi abi, @Nullable String language, Map<Integer, String> names) {
    return new ModuleReport(
        abi,
        shape.imports,
        List.copyOf(shape.exports.keySet()),
        (int) Math.min(shape.declaredFunctions, Integer.MAX_VALUE),
        (int) shape.codeBytes,
        shape.largestBody,
        shape.largestBodies().stream().map(body -> large(body, names)).toList(),
        shape.instructions,
        shape.memories > 0,
        (int) shape.initialPages,
        shape.maximumPages,
        Math.clamp(shape.tableEntries, 0, Integer.MAX_VALUE),
        shape.growsMemory,
        shape.growsTable,
        shape.hasStart,
        shape.featureIds(),
        language,
        hints());
  }

  private List<String> hints() {
    List<String> hints = new ArrayList<>();
    if (shape.initialPages > COSTLY_PAGES) {
      hints.add(
          "It starts with "
              + Signatures.pages(shape.initialPages)
              + " of memory, which every call has to clear. If that is the stack, make it smaller:"
              + " C, C++ and Zig -Wl,-z,stack-size=65536, Rust -C link-arg=-zstack-size=65536.");
    }
    if (shape.customBytes > COSTLY_CUSTOM_BYTES) {
      hints.add(
          shape.customBytes
              + " bytes of it are names and debug information: strip them (C, C++, Zig: -s; Rust:"
              + " -C strip=symbols; Go: -ldflags='-s -w').");
    }
    return hints;
  }
}
