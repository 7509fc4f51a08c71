/**
 * The only package that imports the WebAssembly engine and the bytecode library: compiling, code
 * artifacts, guest memory, metering, instances. Nothing of either library shows in what it offers.
 */
@NullMarked
package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.NullMarked;
