/** The gateway process. */
@NullMarked
package dev.limpet.gateway;

import org.jspecify.annotations.NullMarked;
