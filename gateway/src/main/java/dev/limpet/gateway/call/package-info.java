/** Calls of functions and reads of data: from a caller's request to the answer of a node. */
@NullMarked
package dev.limpet.gateway.call;

import org.jspecify.annotations.NullMarked;
