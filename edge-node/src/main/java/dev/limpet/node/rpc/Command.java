package dev.limpet.node.rpc;

import java.io.IOException;

/** One command of the RPC. */
@FunctionalInterface
interface Command {
  /**
   * Does it, and answers; the answer is ended by whoever called this.
   *
   * @throws RpcException when it is refused
   * @throws dev.limpet.protocol.LimpetException when it is refused by what stands below
   * @throws dev.limpet.content.block.ContentException when data is missing or malformed
   * @throws IOException when the caller has gone, or its body does not come
   */
  void run(Call call) throws IOException;
}
