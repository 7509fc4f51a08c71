package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.GuestMemory;

/** Sockets: a guest has none. */
final class SocketCalls {

  private SocketCalls() {}

  static void addTo(Preview1 table) {
    table.add("sock_accept", "iii", SocketCalls::notASocket);
    table.add("sock_recv", "iiiiii", SocketCalls::notASocket);
    table.add("sock_send", "iiiii", SocketCalls::notASocket);
    table.add("sock_shutdown", "ii", SocketCalls::notASocket);
  }

  private static Errno notASocket(WasiState state, GuestMemory memory, long[] arguments) {
    Descriptor _ = state.descriptors().get(arguments[0]);
    return Errno.NOTSOCK;
  }
}
