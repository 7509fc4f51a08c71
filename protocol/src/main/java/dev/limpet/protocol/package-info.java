/** What callers, gateways and nodes say to each other. */
@NullMarked
package dev.limpet.protocol;

import org.jspecify.annotations.NullMarked;
