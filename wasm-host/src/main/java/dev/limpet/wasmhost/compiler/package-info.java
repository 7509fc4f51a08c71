/** Compiling in a process of its own, which is bounded, ended and replaced from outside. */
@NullMarked
package dev.limpet.wasmhost.compiler;

import org.jspecify.annotations.NullMarked;
