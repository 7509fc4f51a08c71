package dev.limpet.node;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.tls.Authorities;
import dev.limpet.protocol.tls.TrustSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whom a node believes when others show a certificate.
 *
 * @param gateway at its gateway
 * @param nodes at other nodes
 */
record Trust(Authorities gateway, Authorities nodes) {
  static final ConfigKey<Path> GATEWAY_CA =
      ConfigKey.path("gateway-ca")
          .says(
              "PEM file with the authorities that the node believes when its gateway shows a"
                  + " certificate, in place of those of the machine; read again when it changes");

  /**
   * What was configured.
   *
   * @throws LimpetException {@code bad-config} when a file cannot be used, or the gateway shows no
   *     certificate
   */
  static Trust of(Config config, Optional<URI> gateway) {
    Optional<Path> file = config.find(GATEWAY_CA);
    if (file.isPresent() && (gateway.isEmpty() || !"https".equals(gateway.get().getScheme()))) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          GATEWAY_CA.name() + " = " + file.get() + " is for a gateway that is reached by https");
    }
    return new Trust(TrustSettings.of(config, GATEWAY_CA), TrustSettings.nodes(config));
  }
}
