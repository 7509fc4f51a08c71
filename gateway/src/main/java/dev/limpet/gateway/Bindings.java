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
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the gateway listens, after it was decided that this is safe.
 *
 * @param host as it is configured; IPv6 without brackets
 * @param port as it is configured; 0 for a free one
 * @param everywhere whether that is every address of the machine
 */
record Binding(String host, int port, boolean everywhere) {
  /**
   * Where http and, if configured, https listen.
   *
   * @param tls null without https
   */
  record Bindings(Binding plain, @Nullable Binding tls) {
    /** Reads the configuration. Fails with {@code bad-config} when strangers could manage. */
    static Bindings of(GatewayConfig config) {
      checkPages(config);
      return new Bindings(
          Binding.of("listen", config.listen(), config),
          config.tls().map(tls -> Binding.of("tls-listen", tls.listen(), config)).orElse(null));
    }

    /** Who may do what at these listeners. */
    Door.Rules rules(GatewayConfig config) {
      List<String> hosts = new ArrayList<>(config.hosts());
      for (Binding each : Arrays.asList(plain, tls)) {
        if (each != null && !each.everywhere) {
          hosts.add(each.written());
        }
      }
      return new Door.Rules(
          new HostRule(hosts),
          new OriginRule(config.origins()),
          new Pages(config.origins(), config.callOrigins()),
          tokens(config),
          config.publicCalls(),
          config.publicData());
    }
  }

  private static Binding of(String key, String listen, GatewayConfig config) {
    int colon = listen.lastIndexOf(':');
    String host = listen.substring(0, colon);
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(bare);
    } catch (UnknownHostException e) {
      throw new LimpetException(
          ErrorCode.BAD_CONFIG, key + " = " + listen + ": there is no such host", e);
    }
    BindRule.check(new BindRule.Listen(key, listen), List.of(addresses), tokens(config), "token");
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

  /** The base URL when the port is known. */
  URI url(String scheme, int boundPort) {
    return URI.create(scheme + "://" + (everywhere ? "127.0.0.1" : written()) + ":" + boundPort);
  }

  private String written() {
    return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
  }
}
