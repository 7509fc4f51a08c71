package dev.limpet.node;

import dev.limpet.node.http.NodeServer;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.tls.ServerKeys;
import dev.limpet.protocol.tls.TlsRoom;
import io.helidon.webserver.http.Handler;
import java.net.URI;

/** Where a node speaks https while it runs: a server of its own, with a certificate. */
final class TlsDoor implements AutoCloseable {
  /**
   * Those of as many calls as a gateway makes at once, and some for all else. Each takes some 100
   * KiB of memory for what is encrypted and decrypted.
   */
  static final int MAX_TLS_CONNECTIONS = TlsRoom.MAX_TLS_CALLS + TlsRoom.MAX_TLS_OTHERS;

  private final NodeServer server;
  private final ServerKeys keys;
  private final URI url;

  private TlsDoor(NodeServer server, ServerKeys keys, URI url) {
    this.server = server;
    this.keys = keys;
    this.url = url;
  }

  /**
   * Reads the files and starts to listen.
   *
   * @param plain the settings of the plain server, for all but the place
   * @throws LimpetException {@code bad-config} with the line that mends it
   */
  static TlsDoor open(NodeTls place, NodeServer.Settings plain, Handler handler) {
    ServerKeys keys = ServerKeys.open(place.files());
    try {
      NodeServer server =
          NodeServer.start(
              new NodeServer.Settings(
                  place.listen().host(),
                  place.listen().port(),
                  Math.min(plain.maxConnections(), MAX_TLS_CONNECTIONS),
                  plain.maxRequests(),
                  plain.idle(),
                  plain.maxRead(),
                  plain.maxWrite(),
                  plain.grace(),
                  keys),
              handler);
      return new TlsDoor(server, keys, place.url(server.port()));
    } catch (RuntimeException e) {
      keys.close();
      throw e;
    }
  }

  URI url() {
    return url;
  }

  /** When the certificate in use stops being valid, in seconds since 1970. */
  long certificateEnd() {
    return keys.end().getEpochSecond();
  }

  @Override
  public void close() {
    server.close();
    keys.close();
  }
}
