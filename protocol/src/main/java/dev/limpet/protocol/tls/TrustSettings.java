package dev.limpet.protocol.tls;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Whom gateways and nodes believe when a node shows a certificate. */
public final class TrustSettings {
  /** Which file. */
  public static final ConfigKey<Path> NODE_CA =
      ConfigKey.path("node-ca")
          .says(
              "PEM file with the authorities that are believed when a node shows a certificate, in"
                  + " place of those of the machine; read again when it changes.");

  private TrustSettings() {}

  /**
   * Whom to believe at nodes.
   *
   * @throws LimpetException {@code bad-config} when the file cannot be used
   */
  public static Authorities nodes(Config config) {
    return of(config, NODE_CA);
  }

  /**
   * The authorities of the file that a setting names, or else those of the machine.
   *
   * @throws LimpetException {@code bad-config} when the file cannot be used
   */
  public static Authorities of(Config config, ConfigKey<Path> key) {
    String line = key.name() + " = PEM-FILE";
    Optional<Path> file = config.find(key);
    return file.isPresent() ? read(key, file.get(), line) : Authorities.ofMachine(line);
  }

  private static Authorities read(ConfigKey<Path> key, Path file, String line) {
    try {
      return Authorities.read(file, line);
    } catch (IOException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          key.name()
              + " = "
              + file
              + " cannot be read: "
              + e.getMessage()
              + "; it takes a PEM file of certificates",
          e);
    }
  }
}
