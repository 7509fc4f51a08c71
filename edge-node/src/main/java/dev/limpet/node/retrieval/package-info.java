/** Asks trustless gateways outside, and connects only where the owner of the node wants it. */
@NullMarked
package dev.limpet.node.retrieval;

import org.jspecify.annotations.NullMarked;
