/** Has nodes show that they hold what they announced. */
@NullMarked
package dev.limpet.gateway.proof;

import org.jspecify.annotations.NullMarked;
