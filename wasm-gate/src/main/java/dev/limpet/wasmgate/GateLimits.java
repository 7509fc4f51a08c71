package dev.limpet.wasmgate;

/**
 * What a module may contain. The constants bound the work of our reader and of the engine behind
 * it, which parses and compiles without being interruptible; every one has head-room over the
 * largest module that an honest toolchain was seen to make. The components are what a profile may
 * choose below them.
 *
 * @param moduleBytes bytes of the whole module
 * @param bodyBytes bytes of one function body
 * @param functions functions that the module defines
 * @param tableEntries entries that its table starts with
 * @param memoryPages pages of 64 KiB that its memory may start with: the memory limit of the
 *     profile
 */
public record GateLimits(
    int moduleBytes, int bodyBytes, int functions, int tableEntries, int memoryPages) {

  /** Bytes of a module. CPython with its library has 13.3 MB, Go makes 2.7, SQLite is 1.1. */
  public static final int MAX_MODULE_BYTES = 16 * 1024 * 1024;

  /** Bytes of a function body: what no Java method holds is split. Seen: 106 KB (CPython). */
  public static final int MAX_BODY_BYTES = 128 * 1024;

  /** Functions of a module: the engine compiles about 12 000 a second. Seen: 1827 (Go). */
  public static final int MAX_FUNCTIONS = 20_000;

  /**
   * Instructions of all bodies: the engine keeps an object for each while it compiles. Seen: 1.2
   * million (Go).
   */
  public static final int MAX_INSTRUCTIONS = 4_000_000;

  /** Function types: the engine's time grows with their square. Seen: 116 (CPython). */
  public static final int MAX_TYPES = 1_000;

  /** Parameters of a function type; a Java method takes 255 slots. Seen: 21. */
  public static final int MAX_PARAMETERS = 100;

  /** Results of a function type. Seen: 1. */
  public static final int MAX_RESULTS = 100;

  /** Imports: preview 1 has 46 names, and each may be imported more than once. */
  public static final int MAX_IMPORTS = 200;

  /** Locals and parameters of one function: each costs the compiler at every block. Seen: 187. */
  public static final int MAX_LOCALS = 1_000;

  /** Locals of all functions. Seen: 181 000 (CPython with numpy, which is not admitted). */
  public static final int MAX_TOTAL_LOCALS = 200_000;

  /** Targets of one {@code br_table}: the engine needs minutes for a million. Seen: 895 (Go). */
  public static final int MAX_BRANCH_TARGETS = 4_096;

  /** Blocks inside each other. Seen: 900 (Go, one for each point where a function may resume). */
  public static final int MAX_NESTING = 4_096;

  /** Entries of the table at the start. Seen: 5923 (Go). */
  public static final int MAX_TABLE_ENTRIES = 65_536;

  /** Pages of memory at the start that any profile could allow: an array of Java holds 2 GiB. */
  public static final int MAX_MEMORY_PAGES = 16_384;

  /** Globals. Seen: 11. */
  public static final int MAX_GLOBALS = 1_000;

  /** Exports. Seen: 450 (a runtime meant for embedding). */
  public static final int MAX_EXPORTS = 1_000;

  /**
   * Data segments: Go writes one for each stretch of bytes between zeros, 30 351 for a hello, and
   * stops at 100 000 itself.
   */
  public static final int MAX_DATA_SEGMENTS = 100_000;

  /** Element segments, which fill the table. Seen: 1. */
  public static final int MAX_ELEMENT_SEGMENTS = 1_000;

  /** Entries of all element segments: the engine keeps an expression for each. */
  public static final int MAX_ELEMENTS = 65_536;

  /** Custom sections: the engine keeps an object for each. Seen: 14 (debug information). */
  public static final int MAX_CUSTOM_SECTIONS = 100;

  /** Bytes of the name of an import, an export or a custom section. */
  public static final int MAX_NAME_BYTES = 1_024;

  /** Refusals in one verdict: enough to mend a module in one go. */
  public static final int MAX_REFUSALS = 16;

  /** Pages of the profiles {@code pure-0} and {@code pure-1}: 64 MiB. */
  private static final int PURE_0_PAGES = 1_024;

  /** A profile can only lower the gate's own limits. */
  public GateLimits {
    requireRange("moduleBytes", moduleBytes, MAX_MODULE_BYTES);
    requireRange("bodyBytes", bodyBytes, MAX_BODY_BYTES);
    requireRange("functions", functions, MAX_FUNCTIONS);
    requireRange("tableEntries", tableEntries, MAX_TABLE_ENTRIES);
    requireRange("memoryPages", memoryPages, MAX_MEMORY_PAGES);
  }

  /** The limits of {@code pure-0} and {@code pure-1}: the gate's own, and 64 MiB of memory. */
  public static GateLimits pure0() {
    return new GateLimits(
        MAX_MODULE_BYTES, MAX_BODY_BYTES, MAX_FUNCTIONS, MAX_TABLE_ENTRIES, PURE_0_PAGES);
  }

  /** The same with another limit on initial memory, in bytes, rounded down to whole pages. */
  public GateLimits withMemoryBytes(long bytes) {
    long pages = bytes / ModuleReport.PAGE_BYTES;
    if (pages < 0 || pages > MAX_MEMORY_PAGES) {
      throw new IllegalArgumentException(
          "memory of " + bytes + " bytes is not between 0 and 1 GiB");
    }
    return new GateLimits(moduleBytes, bodyBytes, functions, tableEntries, (int) pages);
  }

  private static void requireRange(String name, int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(name + " " + value + " is not between 0 and " + most);
    }
  }
}
