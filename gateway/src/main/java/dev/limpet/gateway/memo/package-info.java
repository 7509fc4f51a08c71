/** Small answers that the gateway gives again without asking a node. */
@NullMarked
package dev.limpet.gateway.memo;

import org.jspecify.annotations.NullMarked;
