package dev.limpet.gateway;

import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Pages;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.access.BindRule;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Tokens;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the gateway listens, after it was decided that this is safe.
 *
 * @param host as it is configured; IPv6 without brackets
 * @param port as it is configured; 0 for a free one
 * @param everywhere whether that is every address of the machine
 */
record Binding(String host, int port, boolean everywhere) {
  /** Reads {@code listen}. Fails with {@code bad-config} when strangers could manage. */
  static Binding of(GatewayConfig config) {
    String listen = config.listen();
    int colon = listen.lastIndexOf(':');
    String host = listen.substring(0, colon);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(bare);
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, "listen = " + listen + ": there is no such host", e);
    }
    BindRule.check(listen, List.of(addresses), tokens(config), "token");
    checkPages(config);
    boolean everywhere = addresses[0].isAnyLocalAddress();
    return new Binding(bare, Integer.parseInt(listen.substring(colon + 1)), everywhere);
  }

  /** Pages of any origin are the public, so the public must be let in. */
  private static void checkPages(GatewayConfig config) {
    if (config.callOrigins().contains(Pages.ANY) && !config.publicCalls() && !config.publicData()) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG,
          "call-origins = * is for pages that call as the public, which is not let in;"
              + " add the line: public-calls = true");
    }
  }

  private static Tokens tokens(GatewayConfig config) {
    return new Tokens(
        config.token().orElse(null),
        config.callsToken().orElse(null),
        config.joinToken().orElse(null));
  }

  /** Who may do what at this listener. */
  Door.Rules rules(GatewayConfig config) {
    List<String> hosts = new ArrayList<>(config.hosts());
    if (!everywhere) {
      hosts.add(written());
    }
    return new Door.Rules(
        new HostRule(hosts),
        new OriginRule(config.origins()),
        new Pages(config.origins(), config.callOrigins()),
        tokens(config),
        config.publicCalls(),
        config.publicData());
  }

  /** The base URL when the port is known. */
  URI url(int boundPort) {
    return URI.create("http://" + (everywhere ? "127.0.0.1" : written()) + ":" + boundPort);
  }

  private String written() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }
}
