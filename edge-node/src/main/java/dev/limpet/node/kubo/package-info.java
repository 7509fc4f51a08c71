/** A client of Kubo's RPC ({@code /api/v0}), and the blocks of a Kubo as a block store. */
@NullMarked
package dev.limpet.node.kubo;

import org.jspecify.annotations.NullMarked;
