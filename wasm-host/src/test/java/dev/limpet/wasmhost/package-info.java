/** Tests of the sandbox, hostile guests among them. */
@NullMarked
package dev.limpet.wasmhost;

import org.jspecify.annotations.NullMarked;
