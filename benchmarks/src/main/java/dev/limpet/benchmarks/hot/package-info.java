/** The operations that every call goes through, and what each of them costs. */
@NullMarked
package dev.limpet.benchmarks.hot;

import org.jspecify.annotations.NullMarked;
