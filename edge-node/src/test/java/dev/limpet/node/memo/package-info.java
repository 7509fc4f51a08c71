/** Tests of kept answers. */
@NullMarked
package dev.limpet.node.memo;

import org.jspecify.annotations.NullMarked;
