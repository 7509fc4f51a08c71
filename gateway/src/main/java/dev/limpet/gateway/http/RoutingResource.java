package dev.limpet.gateway.http;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeLink;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.QueryParameters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /routing/v1/providers/{cid}} (IPFS delegated routing): where IPFS clients find data, as
 * trustless gateways. Who may read data here may ask. Named are nodes that are here, have all of it
 * and have shown that, and let anybody read; a node on this machine's loopback is named to this
 * machine alone.
 */
final class RoutingResource implements Resource {
  /** Providers of one answer, as the specification bounds them. */
  static final int MAX_PROVIDERS = 100;

  private static final String PROTOCOL = "transport-ipfs-gateway-http";
  private static final String NDJSON = "application/x-ndjson";
  private static final String JSON = "application/json";
  private static final String UNKNOWN = "unknown";

  /** A node may come or go; what nobody has may be added any moment. */
  private static final String SOME = "max-age=300, stale-while-revalidate=172800";

  private static final String NONE = "max-age=15, stale-while-revalidate=172800";

  private final Services services;
  private final Door door;
  private final Supplier<@Nullable URI> tls;

  RoutingResource(Services services, Door door, Supplier<@Nullable URI> tls) {
    this.services = services;
    this.door = door;
    this.tls = tls;
  }

  @Override
  public List<HttpMethod> methods(List<String> rest) {
    boolean providers = rest.size() == 3 && rest.subList(0, 2).equals(List.of("v1", "providers"));
    return providers ? READ : List.of();
  }

  @Override
  public void handle(Exchange exchange, List<String> rest, QueryParameters query) {
    Caller caller = door.read(exchange.headers());
    Cid cid = Cids.parse(rest.getLast());
    if (wants(query, "filter-protocols", List.of(PROTOCOL))) {
      exchange.answer(
          services.prover().proveAll(List.of(cid)), _ -> answer(exchange, caller, cid, query));
    } else {
      answer(exchange, caller, List.of());
    }
  }

  private void answer(Exchange exchange, Caller caller, Cid cid, QueryParameters query) {
    List<String> records = new ArrayList<>();
    services.holders().holders(cid).stream()
        .filter(holder -> holder.complete() && holder.counts())
        .map(Holder::node)
        .filter(KnownNode::servesData)
        .sorted(Comparator.comparingInt(KnownNode::inFlight).thenComparing(KnownNode::name))
        .map(node -> record(node, new Asker(exchange, caller), query))
        .forEach(record -> add(records, record));
    answer(exchange, caller, records);
  }

  private static void answer(Exchange exchange, Caller caller, List<String> records) {
    boolean lines = accepts(exchange, NDJSON);
    String scope = caller.needsNoCredential() ? "public, " : "private, ";
    exchange.header("Vary", "Accept");
    exchange.cached(
        lines ? NDJSON : JSON, scope + (records.isEmpty() ? NONE : SOME), document(records, lines));
  }

  private static void add(List<String> records, @Nullable String record) {
    if (record != null && records.size() < MAX_PROVIDERS) {
      records.add(record);
    }
  }

  private static Buffer document(List<String> records, boolean lines) {
    if (lines) {
      StringBuilder text = new StringBuilder();
      records.forEach(record -> text.append(record).append('\n'));
      return Buffer.buffer(text.toString());
    }
    return Buffer.buffer("{\"Providers\":[" + String.join(",", records) + "]}");
  }

  private static boolean accepts(Exchange exchange, String type) {
    return exchange.headers().values("Accept").stream()
        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains(type));
  }

  private record Asker(Exchange exchange, Caller caller) {
    /** An address on loopback is for clients on the same machine alone. */
    boolean reaches(URI url) {
      return !isLoopback(url) || exchange.isOverLoopback();
    }
  }

  /**
   * A peer record; every part of it is ASCII without quotes. Null when it is not for the caller.
   */
  private @Nullable String record(KnownNode node, Asker asker, QueryParameters query) {
    List<String> addresses =
        addresses(node, asker).stream()
            .filter(each -> wants(query, "filter-addrs", parts(each)))
            .toList();
    if (addresses.isEmpty()) {
      return null;
    }
    return "{\"Schema\":\"peer\",\"ID\":\""
        + node.peerId()
        + "\",\"Addrs\":[\""
        + String.join("\",\"", addresses)
        + "\"],\"Protocols\":[\""
        + PROTOCOL
        + "\"]}";
  }

  private static List<String> parts(String address) {
    return List.of(address.substring(1).split("/", -1));
  }

  /**
   * The node's own, and that of the gateway, which reads from it over https. The latter only for
   * who has leave: for the public nobody asks nodes for the blocks inside of a DAG.
   */
  private List<String> addresses(KnownNode node, Asker asker) {
    List<String> addresses = new ArrayList<>(2);
    NodeLink link = node.link();
    boolean open =
        link != null && "true".equals(link.terms().labels().get(NodeJoin.PUBLIC_DATA_LABEL));
    add(addresses, open ? node.toInfo().url() : null, asker);
    add(addresses, asker.caller == Caller.PUBLIC ? null : tls.get(), asker);
    return addresses;
  }

  private static void add(List<String> addresses, @Nullable URI url, Asker asker) {
    String address = url == null || !asker.reaches(url) ? null : Multiaddr.of(url);
    if (address != null) {
      addresses.add(address);
    }
  }

  /**
   * Whether a filter lets something pass that has these names (IPIP-484): none with a {@code !}
   * before it, and, where names stand without, one of those.
   */
  private static boolean wants(QueryParameters query, String filter, List<String> names) {
    boolean listed = false;
    boolean found = false;
    for (String value : query.values(filter)) {
      for (String part : value.toLowerCase(Locale.ROOT).split(",", -1)) {
        if (part.startsWith("!")) {
          if (names.contains(part.substring(1))) {
            return false;
          }
        } else if (!part.isEmpty()) {
          listed = true;
          found |= names.contains(part) && !part.equals(UNKNOWN);
        }
      }
    }
    return !listed || found;
  }

  private static boolean isLoopback(URI url) {
    InetAddress literal = Multiaddr.literal(url.getHost());
    return literal == null ? url.getHost().equals("localhost") : literal.isLoopbackAddress();
  }
}
