package dev.limpet.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** For who must name a port before anything listens there. */
final class FreePort {
  private FreePort() {}

  /** A port of loopback where nothing listens now. */
  static int find() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }
}
