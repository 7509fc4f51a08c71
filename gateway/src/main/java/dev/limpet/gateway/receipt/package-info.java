/**
 * What the gateway does about receipts: it vouches for keys of nodes, watches that their logs only
 * grow, and finds receipts for callers.
 */
@NullMarked
package dev.limpet.gateway.receipt;

import org.jspecify.annotations.NullMarked;
