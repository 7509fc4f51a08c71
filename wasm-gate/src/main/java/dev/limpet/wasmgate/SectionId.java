package dev.limpet.wasmgate;

/** Ids of the sections of a module, their order, and the kinds of imports and exports. */
final class SectionId {
  static final int CUSTOM = 0;
  static final int TYPE = 1;
  static final int IMPORT = 2;
  static final int FUNCTION = 3;
  static final int TABLE = 4;
  static final int MEMORY = 5;
  static final int GLOBAL = 6;
  static final int EXPORT = 7;
  static final int START = 8;
  static final int ELEMENT = 9;
  static final int CODE = 10;
  static final int DATA = 11;
  static final int DATA_COUNT = 12;
  static final int TAG = 13;

  static final int FUNCTION_KIND = 0;
  static final int TABLE_KIND = 1;
  static final int MEMORY_KIND = 2;
  static final int GLOBAL_KIND = 3;
  static final int TAG_KIND = 4;

  private static final String[] NAMES = {
    "custom",
    "type",
    "import",
    "function",
    "table",
    "memory",
    "global",
    "export",
    "start",
    "element",
    "code",
    "data",
    "data count",
    "tag"
  };

  /** Place of each id in a module: the later ids were squeezed in between the older ones. */
  private static final int[] RANKS = {0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6};

  private SectionId() {}

  static boolean isKnown(int id) {
    return id < NAMES.length;
  }

  /** Place in the order of sections; custom sections have none. */
  static int rank(int id) {
    return RANKS[id];
  }

  static String name(int id) {
    return "the " + NAMES[id] + " section";
  }
}
