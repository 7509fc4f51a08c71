/** Tests of Kubo's RPC. */
@NullMarked
package dev.limpet.node.rpc;

import org.jspecify.annotations.NullMarked;
