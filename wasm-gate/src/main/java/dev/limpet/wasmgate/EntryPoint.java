package dev.limpet.wasmgate;

import dev.limpet.wasmgate.ModuleShape.Export;
import org.jspecify.annotations.Nullable;

/** Decides by its exports how a module is called. */
final class EntryPoint {
  private static final String ALLOC = "i>i";
  private static final String HANDLE = "ii>I";

  private final ModuleShape shape;
  private final Findings findings;

  EntryPoint(ScanContext context) {
    this.shape = context.shape();
    this.findings = context.findings();
  }

  /** The ABI; a module that cannot be called, or not in the way that it promises, is reported. */
  Abi find() {
    if (isFunction("limpet_init")) {
      requireSignature("limpet_init", ">");
    }
    if (isFunction("_start")) {
      requireSignature("_start", ">");
      return Abi.COMMAND;
    }
    if (isFunction("handle") && isFunction("alloc") && isMemory("memory")) {
      requireSignature("alloc", ALLOC);
      requireSignature("handle", HANDLE);
      if (!shape.imports.isEmpty()) {
        findings.add(
            Rule.RAW_IMPORTS,
            "It exports alloc and handle, so it is a raw function and may import nothing, but it"
                + " imports "
                + Findings.shown(shape.imports.getFirst().toString()));
      }
      return Abi.RAW;
    }
    findings.add(Rule.NO_ENTRY, whatIsMissing());
    return Abi.NONE;
  }

  private String whatIsMissing() {
    if (isFunction("handle") || isFunction("alloc")) {
      StringBuilder missing = new StringBuilder("It lacks");
      missing.append(isFunction("alloc") ? "" : " the function alloc");
      missing.append(isFunction("handle") ? "" : " the function handle");
      missing.append(isMemory("memory") ? "" : " an exported memory of the name memory");
      return missing + " to be a raw function, and _start to be a command";
    }
    if (isFunction("_initialize")) {
      return "It is a reactor: it exports _initialize, but neither _start nor alloc and handle";
    }
    return "It exports neither _start nor alloc and handle: there is nothing to call";
  }

  private boolean isFunction(String name) {
    return hasKind(name, SectionId.FUNCTION_KIND);
  }

  private boolean isMemory(String name) {
    return hasKind(name, SectionId.MEMORY_KIND);
  }

  private boolean hasKind(String name, int kind) {
    Export export = shape.exports.get(name);
    return export != null && export.kind() == kind;
  }

  private void requireSignature(String name, String expected) {
    Export export = shape.exports.get(name);
    @Nullable String actual = export == null ? null : shape.signatureOf(export.index());
    if (actual != null && !actual.equals(expected)) {
      String sentence = "It exports " + name + " as " + Signatures.shown(actual);
      findings.add(Rule.ENTRY_SIGNATURE, sentence + ", which is " + Signatures.shown(expected));
    }
  }
}
