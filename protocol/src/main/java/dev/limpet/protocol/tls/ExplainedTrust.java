package dev.limpet.protocol.tls;

import dev.limpet.protocol.OneLine;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides as the JDK does, names of hosts included where the client asks for that (RFC 9110 section
 * 4.3.4), and says of a certificate that is not believed which it is and why.
 */
final class ExplainedTrust extends X509ExtendedTrustManager {
  /** Names in a certificate are a stranger's words; more than this of them nobody reads. */
  static final int MAX_SHOWN_CHARS = 200;

  private final BelievedAuthorities authorities;
  private final String setting;

  /**
   * Believes these.
   *
   * @param setting names others, as it is written
   */
  ExplainedTrust(BelievedAuthorities authorities, String setting) {
    this.authorities = authorities;
    this.setting = setting;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    X509ExtendedTrustManager now = authorities.now();
    try {
      now.checkServerTrusted(chain, type, engine);
      authorities.believed(chain);
    } catch (CertificateException e) {
      throw explained(now, chain, type, hostOf(engine.getHandshakeSession()), e);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    X509ExtendedTrustManager now = authorities.now();
    try {
      now.checkServerTrusted(chain, type, socket);
      authorities.believed(chain);
    } catch (CertificateException e) {
      String host = socket instanceof SSLSocket tls ? hostOf(tls.getHandshakeSession()) : "";
      throw explained(now, chain, type, host, e);
    }
  }

  /** Without the names of hosts: who asks so cannot have them checked. */
  @Override
  public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
    X509ExtendedTrustManager now = authorities.now();
    try {
      now.checkServerTrusted(chain, type);
    } catch (CertificateException e) {
      throw explained(now, chain, type, "", e);
    }
  }

  private static String hostOf(@Nullable SSLSession session) {
    String host = session == null ? null : session.getPeerHost();
    return host == null ? "" : host;
  }

  private UnbelievedCertificateException explained(
      X509ExtendedTrustManager now,
      X509Certificate[] chain,
      String type,
      String host,
      CertificateException cause) {
    return new UnbelievedCertificateException(fault(now, chain, type, host), cause);
  }

  private String fault(
      X509ExtendedTrustManager now, X509Certificate[] chain, String type, String host) {
    Instant at = Instant.now();
    for (X509Certificate each : chain) {
      Instant end = each.getNotAfter().toInstant();
      Instant begin = each.getNotBefore().toInstant();
      if (at.isAfter(end) || at.isBefore(begin)) {
        return shown(each)
            + (at.isAfter(end) ? " ended at " + end : " begins at " + begin)
            + "; the server needs one that is valid now";
      }
    }
    if (isSigned(now, chain, type)) {
      return shown(chain[0])
          + " is for "
          + names(chain[0])
          + " and not for "
          + printable(host)
          + "; use an address that it is for, or have one made for this";
    }
    return shown(chain[0])
        + " is signed by none of "
        + authorities.name()
        + "; name the authority that signed it: "
        + setting;
  }

  private static boolean isSigned(
      X509ExtendedTrustManager now, X509Certificate[] chain, String type) {
    try {
      now.checkServerTrusted(chain, type);
      return true;
    } catch (CertificateException e) {
      return false;
    }
  }

  private static String shown(X509Certificate certificate) {
    return "the certificate of \""
        + printable(String.valueOf(certificate.getSubjectX500Principal()))
        + "\" by \""
        + printable(String.valueOf(certificate.getIssuerX500Principal()))
        + "\"";
  }

  /** The second part of each alternative name is its text, for names of hosts and addresses. */
  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      if (names == null || names.isEmpty()) {
        return "no host";
      }
      return printable(
          names.stream()
              .map(name -> String.valueOf(name.get(1)))
              .collect(Collectors.joining(", ")));
    } catch (CertificateParsingException e) {
      return "names that cannot be read";
    }
  }

  private static String printable(String text) {
    return OneLine.of(text, MAX_SHOWN_CHARS);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return authorities.now().getAcceptedIssuers();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
      throws CertificateException {
    authorities.now().checkClientTrusted(chain, type, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
      throws CertificateException {
    authorities.now().checkClientTrusted(chain, type, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
    authorities.now().checkClientTrusted(chain, type);
  }
}
