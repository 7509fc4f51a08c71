/** Which nodes there are, what they hold, and which of them gets a call. */
@NullMarked
package dev.limpet.gateway.placement;

import org.jspecify.annotations.NullMarked;
