/** Tests of our WASI preview 1, called function by function. */
@NullMarked
package dev.limpet.wasmhost.wasi;

import org.jspecify.annotations.NullMarked;
