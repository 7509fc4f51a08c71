package dev.limpet.protocol.access;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * For which {@code Host} a listener answers: the names of loopback and those that are configured. A
 * web page that points a name of its own at this machine (DNS rebinding) sends that name, and gets
 * 421. The port does not matter: port forwarding changes it, and an attacker cannot use it.
 */
public final class HostRule {
  private final Set<String> configured = new TreeSet<>();

  /** What was allowed last: nearly all requests of a listener have the same. */
  private volatile @Nullable String allowed;

  /**
   * @param configured further names: what {@code hosts} lists, and the address that the listener is
   *     bound to when that is a single one
   * @throws IllegalArgumentException when one is no host
   */
  public HostRule(List<String> configured) {
    for (String host : configured) {
      HostName name =
          HostName.parse(host)
              .filter(h -> h.port() < 0)
              .orElseThrow(() -> new IllegalArgumentException("not a host name: " + host));
      this.configured.add(name.text());
    }
  }

  /** Whether the listener answers for the one {@code Host} of this request. */
  public boolean allows(List<String> host) {
    return host.size() == 1 && (host.getFirst().equals(allowed) || allows(host.getFirst()));
  }

  private boolean allows(String host) {
    boolean allows =
        HostName.parse(host)
            .filter(h -> h.isLoopback() || configured.contains(h.text()))
            .isPresent();
    if (allows) {
      allowed = host;
    }
    return allows;
  }

  /**
   * Refuses a request for another host, one without {@code Host}, and one with several.
   *
   * @throws LimpetException {@code wrong-host}
   */
  public void check(HeaderLines headers) {
    List<String> host = headers.values("Host");
    if (allows(host)) {
      return;
    }
    if (host.size() != 1) {
      throw new LimpetException(
          ErrorCode.WRONG_HOST, "a request needs exactly one Host header, this has " + host.size());
    }
    String line =
        HostName.parse(host.getFirst())
            .map(h -> "; if you trust that name, add the line: hosts = " + h.text())
            .orElse("");
    throw new LimpetException(
        ErrorCode.WRONG_HOST, "this listener does not answer for the Host of this request" + line);
  }
}
