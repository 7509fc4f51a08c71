package dev.limpet.node;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.BindRule;
import dev.limpet.protocol.access.Tokens;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a node listens without TLS.
 *
 * @param listen host and port to bind, an IPv6 address in brackets; port 0 for a free one
 * @param url what the gateway is told, when the owner says what
 */
record ListenSettings(String listen, Optional<URI> url) {
  static final ConfigKey<String> LISTEN =
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

  /** A host that takes every address of the machine. */
  private static final List<String> WILDCARDS = List.of("0.0.0.0", "[::]");

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
        new BindRule.Listen(LISTEN.name(), listen), addresses(), tokens, NodeConfig.TOKEN.name());
    if (isEverywhere() && joins && url.isEmpty()) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "listen = "
              + listen
              + " names no address that a gateway could reach; add the line: url ="
              + " http://ADDRESS:PORT");
    }
  }

  private List<InetAddress> addresses() {
    try {
      return Arrays.asList(InetAddress.getAllByName(host()));
    } catch (UnknownHostException e) {
      throw new LimpetException(ErrorCode.BAD_CONFIG, "listen = " + listen + ": unknown host", e);
    }
  }

  /** Whether it takes every address of the machine. */
  boolean isEverywhere() {
    return WILDCARDS.contains(host());
  }

  /** The host to bind, an IPv6 address in brackets. */
  String host() {
    return listen.substring(0, listen.lastIndexOf(':'));
  }

  /** The port to bind, 0 for a free one. */
  int port() {
    return Integer.parseInt(listen.substring(listen.lastIndexOf(':') + 1));
  }

  /** The base URL on this machine, once the port is known. */
  URI localUrl(int bound) {
    String host =
        switch (host()) {
          case "0.0.0.0" -> "127.0.0.1";
          case "[::]" -> "[::1]";
          default -> host();
        };
    return URI.create("http://" + host + ":" + bound);
  }
}
