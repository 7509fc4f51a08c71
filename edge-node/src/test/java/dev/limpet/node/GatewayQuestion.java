package dev.limpet.node;

import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that two gateways get.
 *
 * @param method {@code GET} or another
 * @param target below {@code /ipfs/}
 * @param lines of its head
 */
record GatewayQuestion(String method, String target, List<String> lines) {
  static GatewayQuestion get(String target, String... lines) {
    return new GatewayQuestion("GET", target, List.of(lines));
  }

  static GatewayQuestion head(String target, String... lines) {
    return new GatewayQuestion("HEAD", target, List.of(lines));
  }

  WireAnswer ask(URI gateway) {
    List<String> all = new ArrayList<>(lines);
    all.add("Host: 127.0.0.1"); // for localhost Kubo sends to hosts of their own
    String request =
        WireClient.request(method + " /ipfs/" + target, null, all.toArray(String[]::new));
    return WireClient.ask(gateway, request);
  }

  boolean asksFor(String part) {
    return target.contains(part);
  }

  boolean has(String line) {
    return lines.stream().anyMatch(l -> l.startsWith(line));
  }

  @Override
  public String toString() {
    return method + " " + target + (lines.isEmpty() ? "" : " " + lines);
  }
}
