/**
 * The only package that imports the WebAssembly engine: compiling, code artifacts, guest memory,
 * metering, instances. Nothing of it, nor of the bytecode library, shows in what it offers.
 */
@NullMarked
package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.NullMarked;
