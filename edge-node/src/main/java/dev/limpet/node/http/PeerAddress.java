package dev.limpet.node.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Whom a connection is with, in words for the log. */
final class PeerAddress {
  /** A socket that has closed does not know its peer any more. */
  private static final String GONE = "a client that has gone";

  private PeerAddress() {}

  /** The host of an address, as it stands there; what it is when there is none. */
  static String host(@Nullable SocketAddress address) {
    return address instanceof InetSocketAddress inet ? inet.getHostString() : GONE;
  }
}
