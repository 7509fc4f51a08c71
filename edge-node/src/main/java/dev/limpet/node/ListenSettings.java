package dev.limpet.node;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.access.BindRule;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.net.URI;
import java.util.Optional;

/**
 * Where a node listens without TLS.
 *
 * @param at where; port 0 for a free one
 * @param url what the gateway is told, when the owner says what
 */
record ListenSettings(ListenAddress at, Optional<URI> url) {
  static final ConfigKey<ListenAddress> LISTEN =
      ConfigKey.address("listen")
          .orElse("127.0.0.1:8641")
          .says("where to listen; port 0 takes a free one; beyond this machine only with a token");

  static final ConfigKey<URI> URL =
      ConfigKey.url("url")
          .says("http or https URL at which others reach this node, unless as it listens");

  static final ConfigKey<Integer> REQUESTS =
      ConfigKey.integer("max-requests", 1, 100_000)
          .orElse("512")
          .says("requests under way at the same time; more are refused");

  static final ConfigKey<Integer> CONNECTIONS =
      ConfigKey.integer("max-connections", 1, 100_000)
          .orElse("2048")
          .says("connections open at the same time; more wait");

  static ListenSettings of(Config config) {
    return new ListenSettings(config.get(LISTEN), config.find(URL));
  }

  /**
   * Refuses a place where strangers could manage the node, or where no gateway could reach it.
   *
   * @param tokens those of the node
   * @param joins whether it joins a gateway
   * @throws LimpetException {@code bad-config} with the line that mends it
   */
  void check(Tokens tokens, boolean joins) {
    BindRule.check(
        new BindRule.Listen(LISTEN.name(), at),
        at.addresses(LISTEN.name()),
        tokens,
        NodeConfig.TOKEN.name());
    if (at.isEverywhere() && joins && url.isEmpty()) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "listen = "
              + at
              + " names no address that a gateway could reach; add the line: url ="
              + " http://ADDRESS:PORT");
    }
  }
}
