/** Running one function safely. */
@NullMarked
package dev.limpet.wasmhost;

import org.jspecify.annotations.NullMarked;
