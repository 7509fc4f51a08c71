/** How much this process takes on at once. */
@NullMarked
package dev.limpet.gateway.admission;

import org.jspecify.annotations.NullMarked;
