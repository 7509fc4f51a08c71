package dev.limpet.testkit.wire;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.Socket;

/** How connections end. */
final class Wire {
  private static final System.Logger LOG = System.getLogger(Wire.class.getName());

  private Wire() {}

  static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection did not close", e);
    }
  }

  /** Ends with a TCP reset instead of a clean end. */
  static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "a connection was closed already", e);
    }
    close(socket);
  }
}
