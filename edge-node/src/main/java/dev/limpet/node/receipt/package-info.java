/**
 * The node's log of receipts: what every Execution leaves behind, as a Merkle tree in files, signed
 * off the path of calls.
 */
@NullMarked
package dev.limpet.node.receipt;

import org.jspecify.annotations.NullMarked;
