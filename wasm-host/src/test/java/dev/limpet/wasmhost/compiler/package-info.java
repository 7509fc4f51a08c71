/** Tests of compiling in a process of its own. */
@NullMarked
package dev.limpet.wasmhost.compiler;

import org.jspecify.annotations.NullMarked;
