/** Blocks and what keeps them: stores, caches, pins, and the faults of content. */
@NullMarked
package dev.limpet.content.block;

import org.jspecify.annotations.NullMarked;
