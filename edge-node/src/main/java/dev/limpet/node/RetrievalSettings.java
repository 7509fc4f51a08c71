package dev.limpet.node;

import dev.limpet.node.retrieval.TrustlessGateway;
import dev.limpet.protocol.config.Config;
import dev.limpet.protocol.config.ConfigKey;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** What a node is told of gateways outside, from which it may get data that no node gives. */
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

  private RetrievalSettings() {}

  private static ConfigKey<List<TrustlessGateway>> list(String name, String form, boolean local) {
    ConfigKey<URI> url = ConfigKey.url(name);
    return ConfigKey.list(
        ConfigKey.of(name, form, text -> new TrustlessGateway(url.parser().apply(text), local)));
  }

  /** All of them, in the order in which they are asked. */
  static List<TrustlessGateway> gateways(Config config) {
    List<TrustlessGateway> all = new ArrayList<>(config.get(LOCAL_GATEWAYS));
    all.addAll(config.get(GATEWAYS));
    return List.copyOf(all);
  }
}
