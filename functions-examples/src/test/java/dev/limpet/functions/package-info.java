/** Runs the example functions in the sandbox, and compares what they answer. */
@NullMarked
package dev.limpet.functions;

import org.jspecify.annotations.NullMarked;
