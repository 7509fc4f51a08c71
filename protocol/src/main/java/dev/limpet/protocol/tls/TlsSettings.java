package dev.limpet.protocol.tls;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a process is told of TLS: a listener of its own beside the plain one, so that what runs on
 * the same machine needs no certificate for loopback.
 *
 * @param listen where
 * @param files the certificate and its key
 */
public record TlsSettings(ListenAddress listen, KeyFiles files) {
  /** Where TLS listens when only files are named. */
  public static final String DEFAULT_LISTEN = "127.0.0.1:8443";

  /** Where. */
  public static final ConfigKey<ListenAddress> LISTEN =
      ConfigKey.address("tls-listen")
          .says(
              "Where https is spoken, HTTP/2 and HTTP/1.1; `"
                  + DEFAULT_LISTEN
                  + "` when `tls-cert` is set. Beyond loopback only with a token, as `listen`.");

  /** With which certificate. */
  public static final ConfigKey<Path> CERTIFICATE =
      ConfigKey.path("tls-cert")
          .says(
              "PEM file with the certificate for https, then those that signed it; read again when"
                  + " it changes.");

  /** And its key. */
  public static final ConfigKey<Path> KEY =
      ConfigKey.path("tls-key")
          .says("PEM file with the private key of `tls-cert`, in the form PKCS #8, mode 0600.");

  /**
   * What a gateway was configured with; empty without TLS.
   *
   * @throws LimpetException {@code bad-config} when a part of it is missing
   */
  public static Optional<TlsSettings> of(Config config) {
    return of(config, LISTEN, DEFAULT_LISTEN);
  }

  /**
   * What a process was configured with that has a key of its own for where it listens.
   *
   * @param place where
   * @param usual where it listens when only files are named
   * @throws LimpetException {@code bad-config} when a part of it is missing
   */
  public static Optional<TlsSettings> of(
      Config config, ConfigKey<ListenAddress> place, String usual) {
    Optional<ListenAddress> listen = config.find(place);
    Optional<Path> certificate = config.find(CERTIFICATE);
    Optional<Path> key = config.find(KEY);
    if (listen.isEmpty() && certificate.isEmpty() && key.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new TlsSettings(
            listen.orElseGet(() -> ListenAddress.parse(usual)),
            new KeyFiles(
                certificate.orElseThrow(() -> lacking(CERTIFICATE)),
                key.orElseThrow(() -> lacking(KEY)))));
  }

  private static LimpetException lacking(ConfigKey<?> key) {
    return new LimpetException(
        ErrorCode.BAD_CONFIG,
        "https needs a certificate and its key; add the line: " + key.name() + " = PATH");
  }
}
