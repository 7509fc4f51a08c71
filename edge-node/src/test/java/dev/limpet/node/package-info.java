/** A whole node over real HTTP. */
@NullMarked
package dev.limpet.node;

import org.jspecify.annotations.NullMarked;
