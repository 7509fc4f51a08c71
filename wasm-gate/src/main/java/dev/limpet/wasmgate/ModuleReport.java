package dev.limpet.wasmgate;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a module is, as our own reader sees it. Counts are of what the module really contains, not
 * of what its custom sections promise.
 *
 * @param abi how it is called
 * @param imports what it imports, in order, duplicates kept
 * @param exports the names it exports, in order; from outside, so escape them when shown
 * @param functions functions that the module defines itself
 * @param codeBytes bytes of all function bodies together
 * @param largestBodyBytes bytes of the largest function body, 0 without functions
 * @param largest the largest function bodies, largest first, at most {@link #MAX_LARGEST}
 * @param instructions instructions of all bodies together, a measure of the work to compile it
 * @param hasMemory whether it declares a memory; one without is legal and has no pages
 * @param initialPages pages of 64 KiB that it starts with
 * @param maximumPages the most pages it declares, null when it declares none
 * @param tableEntries entries of its table at the start, 0 without a table
 * @param growsMemory whether a body contains {@code memory.grow}
 * @param growsTable whether a body contains {@code table.grow}
 * @param hasStart whether instantiating it runs one of its functions
 * @param features the extensions of the first version of wasm that it uses, by their common names,
 *     such as {@code bulk-memory}; sorted
 * @param language the source language, when the module says so ({@code producers} section)
 * @param hints sentences for the developer about things that are admitted but costly
 */
public record ModuleReport(
    Abi abi,
    List<ImportedName> imports,
    List<String> exports,
    int functions,
    int codeBytes,
    int largestBodyBytes,
    List<LargeBody> largest,
    long instructions,
    boolean hasMemory,
    int initialPages,
    @Nullable Integer maximumPages,
    int tableEntries,
    boolean growsMemory,
    boolean growsTable,
    boolean hasStart,
    SortedSet<String> features,
    @Nullable String language,
    List<String> hints) {

  /** Bytes of a page of wasm memory. */
  public static final int PAGE_BYTES = 65_536;

  /** Function bodies that a report names. */
  public static final int MAX_LARGEST = 5;

  /**
   * One of the largest functions.
   *
   * @param function its index, imported functions first
   * @param name as the module's name section has it, shortened and without control characters; null
   *     without one
   * @param bytes of its body
   */
  public record LargeBody(int function, @Nullable String name, int bytes) {}

  /** Keeps its own unmodifiable copies of the collections. */
  public ModuleReport {
    imports = List.copyOf(imports);
    exports = List.copyOf(exports);
    largest = List.copyOf(largest);
    features = Collections.unmodifiableSortedSet(new TreeSet<>(features));
    hints = List.copyOf(hints);
  }

  /** Bytes of memory that an instance starts with. */
  public long initialMemoryBytes() {
    return (long) initialPages * PAGE_BYTES;
  }
}
