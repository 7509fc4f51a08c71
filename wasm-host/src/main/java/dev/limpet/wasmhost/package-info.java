/**
 * Running one function safely: the sandbox, its limits, and the port through which data reaches.
 */
@NullMarked
package dev.limpet.wasmhost;

import org.jspecify.annotations.NullMarked;
