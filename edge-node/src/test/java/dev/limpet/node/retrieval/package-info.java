/** Tests of how trustless gateways outside are asked. */
@NullMarked
package dev.limpet.node.retrieval;

import org.jspecify.annotations.NullMarked;
