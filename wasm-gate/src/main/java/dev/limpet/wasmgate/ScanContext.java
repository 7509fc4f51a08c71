package dev.limpet.wasmgate;

/**
 * What the readers of the sections share during one inspection.
 *
 * @param reader the cursor
 * @param shape what has been read so far
 * @param findings what speaks against the module
 * @param limits what it may contain
 * @param types the reader of types
 */
record ScanContext(
    WasmReader reader, ModuleShape shape, Findings findings, GateLimits limits, TypeReader types) {

  static ScanContext of(byte[] wasm, GateLimits limits) {
    WasmReader reader = new WasmReader(wasm);
    ModuleShape shape = new ModuleShape();
    Findings findings = new Findings();
    return new ScanContext(
        reader, shape, findings, limits, new TypeReader(reader, shape, findings));
  }
}
