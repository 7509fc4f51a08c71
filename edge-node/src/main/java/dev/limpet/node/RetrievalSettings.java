package dev.limpet.node;

import dev.limpet.node.retrieval.DelegatedRouter;
import dev.limpet.node.retrieval.OutsideServers;
import dev.limpet.node.retrieval.TrustlessGateway;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a node is told of servers outside, from which it may get data that no node gives. */
final class RetrievalSettings {
  static final ConfigKey<List<TrustlessGateway>> GATEWAYS =
      list("trustless-gateways", "an https URL such as https://trustless-gateway.link", false)
          .says(
              "IPFS gateways that are asked for data that no node gives, in this order; each must"
                  + " have a public address");

  static final ConfigKey<List<TrustlessGateway>> LOCAL_GATEWAYS =
      list("local-trustless-gateways", "a URL such as http://192.168.1.7:8080", true)
          .says(
              "the same for servers of your own network or machine, asked first: their addresses"
                  + " may be private or on loopback, and http will do");

  static final ConfigKey<List<TrustlessGateway>> ROUTERS =
      list("delegated-routers", "an https URL such as https://delegated-ipfs.dev", false)
          .says(
              "routers of IPFS that are asked last who else has data that nobody of these gives;"
                  + " they and the gateways that they name must have public addresses");

  static final ConfigKey<List<TrustlessGateway>> LOCAL_ROUTERS =
      list("local-delegated-routers", "a URL such as http://192.168.1.7:8190", true)
          .says(
              "the same for routers of your own network or machine, asked first; the gateways that"
                  + " they name must have public addresses all the same");

  /** Routers of one node. Each may take ten seconds of a call for which there is no data. */
  static final int MAX_ROUTERS = 4;

  private RetrievalSettings() {}

  private static ConfigKey<List<TrustlessGateway>> list(String name, String form, boolean local) {
    ConfigKey<URI> url = ConfigKey.url(name);
    return ConfigKey.list(
        ConfigKey.of(name, form, text -> new TrustlessGateway(url.parser().apply(text), local)));
  }

  /**
   * Refuses too many routers.
   *
   * @throws LimpetException {@code bad-config}
   */
  static void check(Config config) {
    if (both(config, LOCAL_ROUTERS, ROUTERS).size() > MAX_ROUTERS) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "delegated-routers and local-delegated-routers have more than "
              + MAX_ROUTERS
              + " items together");
    }
  }

  /**
   * All of them, in the order in which they are asked.
   *
   * @param ownHosts names and addresses of this node
   */
  static OutsideServers outside(Config config, List<String> ownHosts) {
    return new OutsideServers(
        both(config, LOCAL_GATEWAYS, GATEWAYS),
        both(config, LOCAL_ROUTERS, ROUTERS).stream().map(DelegatedRouter::new).toList(),
        Set.copyOf(ownHosts));
  }

  private static List<TrustlessGateway> both(
      Config config,
      ConfigKey<List<TrustlessGateway>> local,
      ConfigKey<List<TrustlessGateway>> others) {
    List<TrustlessGateway> all = new ArrayList<>(config.get(local));
    all.addAll(config.get(others));
    return all;
  }
}
