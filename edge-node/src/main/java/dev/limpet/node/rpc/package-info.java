/**
 * Kubo's RPC over what this node has: {@code /api/v0}, in the shapes of Kubo 0.43, so that {@code
 * ipfs --api} and the clients of Kubo work against a node. One class a group of commands.
 */
@NullMarked
package dev.limpet.node.rpc;

import org.jspecify.annotations.NullMarked;
