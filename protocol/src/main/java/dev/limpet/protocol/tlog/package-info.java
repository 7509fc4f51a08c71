/**
 * Transparency logs as C2SP writes them down: a Merkle tree (RFC 6962) in tiles, signed notes,
 * checkpoints, cosignatures and proofs. Knows no files and no network.
 */
@NullMarked
package dev.limpet.protocol.tlog;

import org.jspecify.annotations.NullMarked;
