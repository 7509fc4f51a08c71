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
   * Whom to believe at nodes: those of the file, or else those of the machine.
   *
   * @throws LimpetException {@code bad-config} when the file cannot be used
   */
  public static Authorities nodes(Config config) {
    return read(config, NODE_CA).orElseGet(() -> Authorities.ofMachine(line(NODE_CA)));
  }

  /**
   * The authorities of a file that a setting names; empty when it names none.
   *
   * @throws LimpetException {@code bad-config} when the file cannot be used
   */
  public static Optional<Authorities> read(Config config, ConfigKey<Path> key) {
    return config.find(key).map(file -> read(key, file));
  }

  private static String line(ConfigKey<Path> key) {
    return key.name() + " = PEM-FILE";
  }

  private static Authorities read(ConfigKey<Path> key, Path file) {
    try {
      return Authorities.read(file, line(key));
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
