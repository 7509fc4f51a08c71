package dev.limpet.node.invoke;

import dev.limpet.protocol.BoundedLog;
import dev.limpet.protocol.tls.UnbelievedCertificateException;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;

/** Other nodes and gateways whose certificates were not believed when they were asked, and why. */
final class RefusedPeers {
  /** Those that a person looks at; of more the oldest are forgotten. */
  static final int MAX_REFUSED_PEERS = 64;

  private final BoundedLog log;
  private final Map<String, String> why = new LinkedHashMap<>();

  RefusedPeers() {
    this(new BoundedLog(System.getLogger(RefusedPeers.class.getName())));
  }

  /** With another log. */
  RefusedPeers(BoundedLog log) {
    this.log = log;
  }

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
      log.say(
          Level.WARNING, "https://" + authority + " is not believed to be itself: " + reason, null);
    }
  }

  /** The reasons, by host and port. */
  synchronized Map<String, String> all() {
    return Map.copyOf(why);
  }
}
