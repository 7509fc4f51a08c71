/** Benchmarks and the performance guard. */
@NullMarked
package dev.limpet.benchmarks;

import org.jspecify.annotations.NullMarked;
