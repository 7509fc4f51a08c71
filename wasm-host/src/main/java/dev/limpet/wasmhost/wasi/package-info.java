/**
 * Our own WASI preview 1: what a guest sees of arguments, streams, files, time and chance. Nothing
 * of the host's files, environment, clocks or random numbers is in it.
 */
@NullMarked
package dev.limpet.wasmhost.wasi;

import org.jspecify.annotations.NullMarked;
