/** Tests of the log of receipts. */
@NullMarked
package dev.limpet.node.receipt;

import org.jspecify.annotations.NullMarked;
