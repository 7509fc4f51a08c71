/** The trace that a request belongs to, as W3C's Trace Context has it. */
@NullMarked
package dev.limpet.protocol.trace;

import org.jspecify.annotations.NullMarked;
