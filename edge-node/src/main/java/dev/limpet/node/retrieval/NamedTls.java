package dev.limpet.node.retrieval;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** TLS over which the other side proves to have the name that the owner wrote. */
public final class NamedTls {
  private NamedTls() {}

  /**
   * Shakes hands.
   *
   * @param plain connected; closed with what is returned
   * @param host the name that the certificate must have, wherever {@code plain} leads
   * @throws IOException when the certificate is not trusted or of another name, or nothing comes
   */
  public static SSLSocket over(Socket plain, String host, int port, SSLSocketFactory factory)
      throws IOException {
    SSLSocket secure = (SSLSocket) factory.createSocket(plain, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    secure.setSSLParameters(parameters);
    secure.startHandshake();
    return secure;
  }
}
