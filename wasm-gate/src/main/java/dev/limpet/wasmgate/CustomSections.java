package dev.limpet.wasmgate;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Remembers where custom sections lie, and reads two of them when all else is known: {@code name}
 * for the functions that a verdict speaks of, {@code producers} for the language. They are remarks
 * of the toolchain: whatever is wrong in them is no reason to refuse, and nothing else is decided
 * by them.
 */
final class CustomSections {
  /** Fields of the producers section, and values of one field, that are looked at. */
  private static final int MAX_PRODUCERS = 64;

  private static final int FUNCTION_NAMES = 1;

  /**
   * Languages in the order in which they are believed: C comes along with the libc of most others.
   */
  private static final List<String> LANGUAGES =
      List.of("Rust", "Go", "Zig", "Swift", "Haskell", "AssemblyScript", "C++", "C");

  /** A range of the module; the start is after the section's name. */
  private record Range(int start, int end) {}

  private final byte[] wasm;
  private final Map<String, Range> ranges = new HashMap<>();
  private long bytesRead;

  CustomSections(byte[] wasm) {
    this.wasm = wasm;
  }

  /** Remembers the first section of the names that matter. */
  void add(String name, int start, int end) {
    if (name.equals("name") || name.equals("producers")) {
      ranges.putIfAbsent(name, new Range(start, end));
    }
  }

  /** Bytes that were looked at, for tests of linearity. */
  long bytesRead() {
    return bytesRead;
  }

  /** The names of these functions, as far as the module has them. */
  Map<Integer, String> names(Set<Integer> functions) {
    Map<Integer, String> names = new HashMap<>();
    Range range = ranges.get("name");
    if (range != null && !functions.isEmpty()) {
      WasmReader reader = new WasmReader(wasm, range.start(), range.end());
      try {
        readNames(reader, functions, names);
      } catch (MalformedModuleException e) {
        // The names up to here are as good as any: a custom section binds nobody.
        bytesRead += reader.bytesRead();
        return names;
      }
      bytesRead += reader.bytesRead();
    }
    return names;
  }

  private static void readNames(
      WasmReader reader, Set<Integer> functions, Map<Integer, String> names) {
    while (reader.hasRemaining() && names.size() < functions.size()) {
      int subsection = reader.u8();
      int outer = reader.enter(reader.u32(), "a part of the name section");
      if (subsection == FUNCTION_NAMES) {
        for (long left = reader.u32(); left > 0; left--) {
          int function = (int) reader.u32();
          if (functions.contains(function)) {
            names.put(function, reader.name());
          } else {
            reader.skip(reader.u32());
          }
        }
      }
      reader.skipPart();
      reader.leave(outer, "a part of the name section");
    }
  }

  /** The source language, or null when the module does not say. */
  @Nullable String language() {
    Range range = ranges.get("producers");
    if (range == null) {
      return null;
    }
    WasmReader reader = new WasmReader(wasm, range.start(), range.end());
    try {
      return readLanguage(reader);
    } catch (MalformedModuleException e) {
      return null;
    } finally {
      bytesRead += reader.bytesRead();
    }
  }

  private static @Nullable String readLanguage(WasmReader reader) {
    int best = LANGUAGES.size();
    long fields = Math.min(reader.u32(), MAX_PRODUCERS);
    for (long field = 0; field < fields; field++) {
      boolean isLanguage = reader.name().equals("language");
      long values = Math.min(reader.u32(), MAX_PRODUCERS);
      for (long i = 0; i < values; i++) {
        String value = reader.name();
        reader.name();
        int index = isLanguage ? LANGUAGES.indexOf(family(value)) : -1;
        best = index < 0 ? best : Math.min(best, index);
      }
    }
    return best == LANGUAGES.size() ? null : LANGUAGES.get(best);
  }

  /** {@code C11} and {@code C_plus_plus_17} are versions of a language. */
  private static String family(String value) {
    if (value.startsWith("C_plus_plus") || value.startsWith("C++")) {
      return "C++";
    }
    return value.matches("C[0-9]{0,2}") ? "C" : value;
  }
}
