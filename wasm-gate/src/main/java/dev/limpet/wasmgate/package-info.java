/** Our reader of the wasm binary format, and the gate that admits or refuses a module. */
@NullMarked
package dev.limpet.wasmgate;

import org.jspecify.annotations.NullMarked;
