package dev.limpet.wasmgate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What has been read of a module so far. Everything that grows with the input is bounded by {@link
 * GateLimits}: a section that says it has more is reported and skipped, and the index space that it
 * would have filled is then unknown ({@link #UNKNOWN}), so that checks against it are left out.
 */
final class ModuleShape {
  /**
   * Stands for the size of an index space of which a part was skipped: every index is below it, and
   * so it stays when something is added.
   */
  static final long UNKNOWN = Long.MAX_VALUE / 2;

  /** What an export stands for. */
  record Export(int kind, int index) {}

  /** Signatures by type index, as in {@link WasiPreview1}. */
  final List<String> types = new ArrayList<>();

  boolean typesKnown = true;

  final List<ImportedName> imports = new ArrayList<>();

  /** By name, in order. */
  final Map<String, Export> exports = new LinkedHashMap<>();

  final Set<Feature> features = EnumSet.noneOf(Feature.class);

  /** Type index of each function, imported ones first. */
  private int[] functionTypes = new int[64];

  private int functions;
  boolean functionsKnown = true;
  int importedFunctions;

  /** Functions that the function section declares. */
  long declaredFunctions;

  long tables;
  long tableEntries;
  long memories;
  long initialPages;
  @Nullable Integer maximumPages;
  long globals;
  boolean globalsKnown = true;
  final BitSet mutableGlobals = new BitSet();
  long elementSegments;

  /** What the data count section says, or -1 without one. */
  long dataCount = -1;

  long codeBytes;
  int largestBody;

  /** The largest bodies so far by function, largest first. */
  private final List<Map.Entry<Integer, Integer>> largest = new ArrayList<>();

  long instructions;
  long totalLocals;
  boolean growsMemory;
  boolean growsTable;
  boolean hasStart;

  /** All custom sections together. */
  long customBytes;

  int customSections;

  void addFunction(int type) {
    if (functions == functionTypes.length) {
      functionTypes = Arrays.copyOf(functionTypes, functions * 2);
    }
    functionTypes[functions++] = type;
  }

  void addBody(int function, int bytes) {
    codeBytes += bytes;
    largestBody = Math.max(largestBody, bytes);
    int at = largest.size();
    while (at > 0 && largest.get(at - 1).getValue() < bytes) {
      at--;
    }
    if (at < ModuleReport.MAX_LARGEST) {
      largest.add(at, Map.entry(function, bytes));
      if (largest.size() > ModuleReport.MAX_LARGEST) {
        largest.removeLast();
      }
    }
  }

  /** The largest bodies by function, largest first. */
  List<Map.Entry<Integer, Integer>> largestBodies() {
    return List.copyOf(largest);
  }

  /** Size of the function index space. */
  long functionCount() {
    return functionsKnown ? functions : UNKNOWN;
  }

  /** Size of the type index space. */
  long typeCount() {
    return typesKnown ? types.size() : UNKNOWN;
  }

  /** Size of the global index space. */
  long globalCount() {
    return globalsKnown ? globals : UNKNOWN;
  }

  /** The signature of a function, or null when it is not known. */
  @Nullable String signatureOf(long function) {
    return functionsKnown && function < functions ? typeAt(functionTypes[(int) function]) : null;
  }

  /** The signature of a type, or null when it is not known. */
  @Nullable String typeAt(long type) {
    return typesKnown && type < types.size() ? types.get((int) type) : null;
  }

  /** The name under which a function is exported, or null. */
  @Nullable String exportedName(int function) {
    for (Map.Entry<String, Export> export : exports.entrySet()) {
      Export value = export.getValue();
      if (value.kind() == SectionId.FUNCTION_KIND && value.index() == function) {
        return export.getKey();
      }
    }
    return null;
  }

  SortedSet<String> featureIds() {
    SortedSet<String> ids = new TreeSet<>();
    features.forEach(feature -> ids.add(feature.id()));
    return ids;
  }
}
