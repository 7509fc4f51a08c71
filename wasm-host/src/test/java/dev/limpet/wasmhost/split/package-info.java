/** Tests of splitting methods, on methods that are written by hand. */
@NullMarked
package dev.limpet.wasmhost.split;

import org.jspecify.annotations.NullMarked;
