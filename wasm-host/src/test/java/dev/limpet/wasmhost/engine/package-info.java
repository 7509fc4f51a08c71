/** Tests of compiling, metering, memory and the code cache. */
@NullMarked
package dev.limpet.wasmhost.engine;

import org.jspecify.annotations.NullMarked;
