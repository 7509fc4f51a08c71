package dev.limpet.cli.check;

import dev.limpet.wasmgate.ImportedName;
import dev.limpet.wasmgate.ModuleReport;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who made a module, as far as its imports and exports give away, and how that toolchain builds a
 * function. The gate's own advice is about one rule; this is the whole command line.
 */
public enum Toolchain {
  /** Rust with bindings for JavaScript. */
  WASM_BINDGEN(
      "Rust", "cargo build --release --target wasm32-wasip1 (without wasm-bindgen and wasm-pack)"),
  /** Go for browsers. */
  GO_JS("Go", "GOOS=wasip1 GOARCH=wasm go build -ldflags='-s -w'"),
  /** AssemblyScript, whose runtime calls {@code env.abort}. */
  ASSEMBLYSCRIPT(
      "AssemblyScript",
      "npm install @assemblyscript/wasi-shim, then asc main.ts --config"
          + " node_modules/@assemblyscript/wasi-shim/asconfig.json -Osize"),
  /** Emscripten. */
  EMSCRIPTEN("C or C++ (Emscripten)", "emcc main.c -Os -sSTANDALONE_WASM -o main.wasm"),
  /** Rust for WASI. */
  RUST("Rust", "cargo build --release --target wasm32-wasip1 (with strip = true)"),
  /** Go for WASI. */
  GO("Go", "GOOS=wasip1 GOARCH=wasm go build -ldflags='-s -w'"),
  /** Zig. */
  ZIG("Zig", "zig build-exe main.zig -target wasm32-wasi -O ReleaseSmall -fstrip"),
  /** C and C++ for WASI. */
  C("C", "clang --target=wasm32-wasi -Os -s (or zig cc -target wasm32-wasi -Os -s)");

  /** What Rust's standard library exports for WASI, also in a stripped module. */
  private static final String RUST_MAIN = "__main_void";

  private static final Set<String> ASSEMBLYSCRIPT_RUNTIME =
      Set.of("abort", "seed", "trace", "console.log");

  private final String language;
  private final String build;

  Toolchain(String language, String build) {
    this.language = language;
    this.build = build;
  }

  /** What made this module, or null when nothing tells. */
  public static @Nullable Toolchain of(ModuleReport report) {
    for (ImportedName wanted : report.imports()) {
      Toolchain left = ofImport(wanted);
      if (left != null) {
        return left;
      }
    }
    return switch (report.language()) {
      case "Rust" -> RUST;
      case "Go" -> GO;
      case "Zig" -> ZIG;
      case "AssemblyScript" -> ASSEMBLYSCRIPT;
      case "C", "C++" -> C;
      case null, default -> report.exports().contains(RUST_MAIN) ? RUST : null;
    };
  }

  private static @Nullable Toolchain ofImport(ImportedName wanted) {
    return switch (wanted.module()) {
      case "wbg", "__wbindgen_placeholder__" -> WASM_BINDGEN;
      case "gojs", "go" -> GO_JS;
      case "env" -> ofEnvironment(wanted.name());
      default -> null;
    };
  }

  private static @Nullable Toolchain ofEnvironment(String name) {
    if (ASSEMBLYSCRIPT_RUNTIME.contains(name)) {
      return ASSEMBLYSCRIPT;
    }
    boolean emscripten =
        name.startsWith("emscripten_")
            || name.startsWith("_emscripten_")
            || name.startsWith("__syscall_")
            || name.startsWith("invoke_");
    return emscripten ? EMSCRIPTEN : null;
  }

  /** The language, for a person. */
  public String language() {
    return language;
  }

  /** How it builds a function. */
  public String build() {
    return build;
  }
}
