/** Names whose owner is a key of this node (IPNS): the keys, and the records that they signed. */
@NullMarked
package dev.limpet.node.name;

import org.jspecify.annotations.NullMarked;
