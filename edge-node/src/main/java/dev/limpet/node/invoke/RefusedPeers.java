package dev.limpet.node.invoke;

import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** Other nodes whose certificates were not believed when they were last asked, and why. */
final class RefusedPeers {
  /** Those that a person looks at; of more the oldest are forgotten. */
  static final int MAX_REFUSED_PEERS = 64;

  private static final System.Logger LOG = System.getLogger(RefusedPeers.class.getName());

  private final Map<String, String> why = new LinkedHashMap<>();

  /** One has answered. */
  synchronized void answered(String authority) {
    why.remove(authority);
  }

  /** One could not be asked; it is remembered, and logged once, when that was for a certificate. */
  synchronized void failed(String authority, Exception cause) {
    UnbelievedCertificateException refused = UnbelievedCertificateException.in(cause).orElse(null);
    if (refused == null) {
      return;
    }
    String reason = String.valueOf(refused.getMessage());
    String before = why.remove(authority);
    why.put(authority, reason);
    if (why.size() > MAX_REFUSED_PEERS) {
      why.remove(why.keySet().iterator().next());
    }
    if (!reason.equals(before)) {
      LOG.log(Level.WARNING, "https://{0} is not believed to be a node: {1}", authority, reason);
    }
  }

  /** The reasons, by host and port. */
  synchronized Map<String, String> all() {
    return Map.copyOf(why);
  }
}
