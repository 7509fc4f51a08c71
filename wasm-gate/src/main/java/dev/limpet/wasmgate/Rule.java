package dev.limpet.wasmgate;

import org.jspecify.annotations.Nullable;

/**
 * The closed set of reasons to refuse a module, each with its stable id and its advice.
 * Instructions and types that were added to wasm later are refused one by one, because the engine
 * behind the gate either has no support for them, or lets them escape a limit (see {@code
 * engine.md} of the design notes, hostile modules): an infinite tail call cannot be stopped, an
 * array of the garbage collector counts against no memory limit, a second memory neither.
 */
enum Rule {
  MALFORMED(
      "malformed",
      "The file is damaged or cut short: build it again, or transfer it in binary mode."),
  NOT_WASM(
      "not-wasm",
      "Give the .wasm file that the compiler wrote, not its source, text form or archive; the file"
          + " of a script ends in .js, .mjs or .py, and TypeScript is bundled to one first."),
  COMPONENT(
      "component",
      "This is a WebAssembly component; a function is a core module. Build for preview 1:"
          + " Rust --target wasm32-wasip1 (not wasip2), C and C++ --target=wasm32-wasip1, Go"
          + " GOOS=wasip1 GOARCH=wasm; do not run wasm-tools component new on the result."),
  MODULE_TOO_LARGE(
      "module-too-large",
      "Strip names and debug information (C, C++, Zig: -s; Rust: -C strip=symbols; Go:"
          + " -ldflags='-s -w') and optimise for size (-Os, opt-level=\"s\")."),
  CUSTOM_SECTIONS("too-many-custom-sections", "Strip the module: -s, or -C strip=symbols in Rust."),
  NAME_TOO_LONG("name-too-long", "Give imports and exports shorter names."),

  TYPES("too-many-types", "Split the program: no compiler needs that many different signatures."),
  TYPE_TOO_WIDE("type-too-wide", "Pass a pointer to a struct instead of that many values."),
  IMPORTS("too-many-imports", "Import each function of preview 1 once."),
  FUNCTIONS(
      "too-many-functions",
      "Let the linker drop what is not used: -Wl,--gc-sections, lto = true in Rust."),
  BODY_TOO_LARGE(
      "body-too-large",
      "Split the function, or optimise for size: -Os, opt-level=\"s\", -fno-inline."),
  INSTRUCTIONS(
      "too-many-instructions", "Optimise for size: -Os, opt-level=\"s\", link-time optimisation."),
  LOCALS("too-many-locals", "Split the function; unoptimised builds (-O0) have far more locals."),
  TOTAL_LOCALS("too-many-total-locals", "Build with optimisation: -O0 multiplies the locals."),
  BRANCH_TARGETS("br-table-too-large", "Split the switch statement, or use a table of values."),
  NESTING("nesting-too-deep", "Split the function: its blocks lie too deep inside each other."),
  TABLE_TOO_LARGE("table-too-large", "Fewer functions may have their address taken."),
  MULTI_TABLE("multi-table", "Use one table, as compilers for preview 1 do."),
  MEMORY_TOO_LARGE("memory-too-large", "Start with less memory and grow it when it is needed."),
  MEMORY_OVER_PROFILE(
      "memory-over-profile",
      "Lower the initial memory: C, C++ and Zig -Wl,-z,stack-size=65536 (zig's default stack alone"
          + " is 16 MiB), Rust -C link-arg=-zstack-size=65536; allocate large buffers at run"
          + " time."),
  MULTI_MEMORY("multi-memory", "Use one memory.", "multimemory"),
  GLOBALS("too-many-globals", "Keep state in memory, as compilers do."),
  EXPORTS("too-many-exports", "Export only the entry point: drop -Wl,--export-all."),
  DATA_SEGMENTS("too-many-data-segments", "Merge the data: wasm-opt --limit-segments."),
  ELEMENT_SEGMENTS("too-many-element-segments", "Use one segment of elements, as linkers do."),
  ELEMENTS("too-many-elements", "Fewer functions may have their address taken."),

  SIMD("simd", "Build without SIMD.", "simd128"),
  THREADS("threads", "Build without threads and atomics (no -pthread).", "atomics"),
  SHARED_MEMORY(
      "shared-memory",
      "Build without threads: the target wasm32-wasip1, not wasm32-wasip1-threads; no -pthread, no"
          + " -Wl,--shared-memory.",
      "atomics"),
  GC(
      "gc",
      "Use a language target with linear memory: objects of the engine's collector are refused."),
  TAIL_CALL("tail-call", "Build without tail calls.", "tail-call"),
  EXCEPTIONS(
      "exceptions",
      "Build without wasm exceptions: C++ -fno-exceptions (not -fwasm-exceptions), Rust"
          + " -C panic=abort; setjmp and longjmp need them too.",
      "exception-handling"),
  MEMORY64("memory64", "Build for 32-bit addresses: the target wasm32, not wasm64."),
  FUNCTION_REFERENCES(
      "function-references", "Build without typed function references and call_ref."),
  STRINGREF("stringref", "Build without strings of the host."),
  STACK_SWITCHING("stack-switching", "Build without stack switching."),
  WIDE_ARITHMETIC("wide-arithmetic", "Build without wide arithmetic.", "wide-arithmetic"),
  EXTENDED_CONST(
      "extended-const",
      "Build without extended constants; they come with position-independent code (no -fPIC).",
      "extended-const"),
  CUSTOM_PAGE_SIZES("custom-page-sizes", "Use pages of 64 KiB: drop -Wl,--page-size."),
  EXTERNREF("externref", "Nothing can be passed as externref here: build for wasm32-wasip1."),
  TABLE_GROW("table-grow", "Give the table its full size at the start."),
  UNKNOWN_INSTRUCTION(
      "unknown-instruction", "Build for the baseline of wasm: -mcpu=mvp or -mcpu=generic."),

  UNKNOWN_IMPORT(
      "unknown-import",
      "Functions may import only wasi_snapshot_preview1: build for wasm32-wasip1 (Go: GOOS=wasip1)"
          + " and link everything in, without -Wl,--allow-undefined; for Emscripten"
          + " -sSTANDALONE_WASM."),
  IMPORT_KIND(
      "import-kind",
      "Define it in the module: drop -Wl,--import-memory, --import-table or -shared."),
  IMPORT_SIGNATURE(
      "import-signature", "Declare it as preview 1 does, or use the libc of your compiler."),
  ENTRY_SIGNATURE(
      "entry-signature",
      "Export _start as () -> (), or alloc as (i32) -> i32 with handle as (i32, i32) -> i64."),
  RAW_IMPORTS(
      "raw-imports",
      "Drop the imports (Rust: --target wasm32-unknown-unknown; C: -nostdlib), or export _start."),
  NO_ENTRY(
      "no-entry",
      "Build a program with a main function for WASI preview 1 (it exports _start; drop"
          + " -mexec-model=reactor, --no-entry, -buildmode=c-shared), or export memory, alloc and"
          + " handle.");

  private final String id;
  private final String advice;
  private final @Nullable String feature;

  Rule(String id, String advice) {
    this(id, advice, null);
  }

  Rule(String id, String advice, @Nullable String feature) {
    this.id = id;
    this.advice = advice;
    this.feature = feature;
  }

  /** The name of the rule in answers and logs: it never changes. */
  String id() {
    return id;
  }

  /**
   * What to change, with the flag of the compiler.
   *
   * @param language the source language when it is known; else flags for several are given
   */
  String advice(@Nullable String language) {
    if (feature == null) {
      return advice;
    }
    String c = "C and C++ -mno-" + feature;
    String rust = "Rust -C target-feature=-" + feature;
    String zig = "Zig -mcpu=generic-" + feature.replace('-', '_');
    String flag =
        switch (language) {
          case "C", "C++" -> c;
          case "Rust" -> rust;
          case "Zig" -> zig;
          case null, default -> c + ", " + rust + ", " + zig;
        };
    return advice + " Flag: " + flag + ".";
  }
}
