package dev.limpet.wasmgate;

import java.util.Locale;
import java.util.StringJoiner;

/** Shows types and sizes to people. */
final class Signatures {
  private Signatures() {}

  /** {@code "iI>f"} as {@code (i32, i64) -> (f32)}. */
  static String shown(String signature) {
    int arrow = signature.indexOf('>');
    return list(signature.substring(0, arrow)) + " -> " + list(signature.substring(arrow + 1));
  }

  private static String list(String letters) {
    StringJoiner types = new StringJoiner(", ", "(", ")");
    letters.chars().forEach(letter -> types.add(name((char) letter)));
    return types.toString();
  }

  private static String name(char letter) {
    return switch (letter) {
      case 'i' -> "i32";
      case 'I' -> "i64";
      case 'f' -> "f32";
      case 'F' -> "f64";
      case 'r' -> "funcref";
      default -> "?";
    };
  }

  /** Pages of memory with their size in MiB. */
  static String pages(long pages) {
    double mib = (double) pages * ModuleReport.PAGE_BYTES / (1 << 20);
    return String.format(Locale.ROOT, "%d pages (%.1f MiB)", pages, mib);
  }
}
