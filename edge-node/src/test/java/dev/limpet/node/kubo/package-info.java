/** Tests of a node's store as a whole, some of them with processes that are killed. */
@NullMarked
package dev.limpet.node.kubo;

import org.jspecify.annotations.NullMarked;
