/** Answers that are given again without a run: kept on the disk within a quota. */
@NullMarked
package dev.limpet.node.memo;

import org.jspecify.annotations.NullMarked;
