package dev.limpet.node;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import dev.limpet.protocol.tls.Authorities;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node is told of the certificate of its gateway. */
final class GatewayTrust {
  static final ConfigKey<Path> GATEWAY_CA =
      ConfigKey.path("gateway-ca")
          .says(
              "PEM file with the authorities that the node believes when its gateway shows a"
                  + " certificate, in place of those of the machine; read at the start");

  private GatewayTrust() {}

  /**
   * Whom to believe at the gateway; null for those whom the machine believes.
   *
   * @throws LimpetException {@code bad-config} when the file cannot be used, or the gateway shows
   *     no certificate
   */
  static @Nullable Authorities of(Config config, Optional<URI> gateway) {
    Optional<Path> file = config.find(GATEWAY_CA);
    if (file.isEmpty()) {
      return null;
    }
    String line = GATEWAY_CA.name() + " = " + file.get();
    if (gateway.isEmpty() || !"https".equals(gateway.get().getScheme())) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, line + " is for a gateway that is reached by https");
    }
    try {
      return Authorities.read(file.get());
    } catch (IOException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          line + " cannot be read: " + e.getMessage() + "; it takes a PEM file of certificates",
          e);
    }
  }
}
