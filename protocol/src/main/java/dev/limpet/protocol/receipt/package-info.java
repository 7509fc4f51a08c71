/**
 * Receipts of Executions: what they say, how they are written down, the file that proves one, and
 * its check.
 */
@NullMarked
package dev.limpet.protocol.receipt;

import org.jspecify.annotations.NullMarked;
