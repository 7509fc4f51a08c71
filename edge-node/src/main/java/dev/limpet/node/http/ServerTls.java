package dev.limpet.node.http;

import io.helidon.common.tls.Tls;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * TLS as the server wants it: version 1.3 alone (RFC 8446), in which no client can have a
 * connection negotiated again and again, and no other protocol than HTTP/1.1, for which connections
 * are guarded. A client that speaks HTTP/2 alone is refused in the handshake (RFC 7301).
 */
final class ServerTls {
  private static final String VERSION = "TLSv1.3";

  private ServerTls() {}

  /** Shows what these keys have at the time of each handshake. */
  static Tls of(X509ExtendedKeyManager keys) {
    try {
      SSLContext context = SSLContext.getInstance(VERSION);
      context.init(new KeyManager[] {keys}, null, null);
      return Tls.builder().sslContext(context).enabledProtocols(List.of(VERSION)).build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a Java without " + VERSION, e);
    }
  }
}
