package dev.limpet.gateway;

import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Pages;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ListenAddress;
import dev.limpet.protocol.access.BindRule;
import dev.limpet.protocol.access.HostRule;
import dev.limpet.protocol.access.OriginRule;
import dev.limpet.protocol.access.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the gateway listens, after it was decided that this is safe.
 *
 * @param plain for http
 * @param tls for https; null without
 */
record Bindings(ListenAddress plain, @Nullable ListenAddress tls) {
  /** Reads the configuration. Fails with {@code bad-config} when strangers could manage. */
  static Bindings of(GatewayConfig config) {
    checkPages(config);
    return new Bindings(
        checked("listen", config.listen(), config),
        config.tls().map(tls -> checked("tls-listen", tls.listen(), config)).orElse(null));
  }

  private static ListenAddress checked(String key, ListenAddress at, GatewayConfig config) {
    BindRule.check(new BindRule.Listen(key, at), at.addresses(key), tokens(config), "token");
    return at;
  }

  /** Who may do what at these listeners. */
  Door.Rules rules(GatewayConfig config) {
    List<String> hosts = new ArrayList<>(config.hosts());
    for (ListenAddress each : Arrays.asList(plain, tls)) {
      if (each != null && !each.isEverywhere()) {
        hosts.add(each.host());
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
}
