package dev.limpet.node;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.access.BindRule;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.tls.KeyFiles;
import dev.limpet.protocol.tls.TlsSettings;
import dev.limpet.protocol.tls.TrustSettings;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where a node speaks https, beside its plain listener and under the same rules.
 *
 * @param listen where
 * @param beyond whether that is one address, which others can reach
 * @param files the certificate and its key
 */
record NodeTls(ListenAddress listen, boolean beyond, KeyFiles files) {
  private static final String DEFAULT_LISTEN = "127.0.0.1:8642";

  static final ConfigKey<ListenAddress> LISTEN =
      ConfigKey.address("tls-listen")
          .says(
              "where https is spoken, HTTP/1.1 alone; `"
                  + DEFAULT_LISTEN
                  + "` when `tls-cert` is set; beyond this machine only with a token");

  static final List<ConfigKey<?>> KEYS =
      List.of(LISTEN, TlsSettings.CERTIFICATE, TlsSettings.KEY, TrustSettings.NODE_CA);

  /**
   * What was configured; empty without https.
   *
   * @param tokens those of the node
   * @throws LimpetException {@code bad-config} when a part of it is missing, or strangers could
   *     manage the node
   */
  static Optional<NodeTls> of(Config config, Tokens tokens) {
    return TlsSettings.of(config, LISTEN, DEFAULT_LISTEN).map(settings -> of(settings, tokens));
  }

  private static NodeTls of(TlsSettings settings, Tokens tokens) {
    ListenAddress listen = settings.listen();
    List<InetAddress> addresses = listen.addresses(LISTEN.name());
    BindRule.check(new BindRule.Listen(LISTEN.name(), listen), addresses, tokens, "token");
    return new NodeTls(
        listen,
        addresses.stream().noneMatch(at -> at.isAnyLocalAddress() || at.isLoopbackAddress()),
        settings.files());
  }

  /** As this machine reaches it, once the port is known. */
  URI url(int bound) {
    return listen.url("https", bound);
  }
}
