/** Copies data to idle nodes when those that hold it have too much to do, and drops it again. */
@NullMarked
package dev.limpet.gateway.copy;

import org.jspecify.annotations.NullMarked;
