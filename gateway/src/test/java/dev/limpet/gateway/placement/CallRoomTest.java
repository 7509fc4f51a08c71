package dev.limpet.gateway.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.gateway.admission.AdaptiveLimit;
import dev.limpet.gateway.proxy.NodeAddress;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.tls.TlsRoom;
import java.net.InetAddress;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Between how many calls and how many the gateway finds out what a node can take. */
class CallRoomTest {
  private static NodeLink link(String url) {
    URI at = URI.create(url);
    return new NodeLink(
        at,
        NodeAddress.of(at, InetAddress.getLoopbackAddress()),
        "link",
        new Capacity(1 << 30, 300, 1 << 28),
        new NodeTerms(Map.of(), Set.of(), false, true));
  }

  @Test
  void a_node_gets_twice_what_it_runs_at_once_unless_that_is_more_than_was_allowed() {
    NodeLink plain = link("http://127.0.0.1:1");
    assertEquals(new AdaptiveLimit.Bounds(600, 1000), new CallRoom(0, 1000).of(plain));
    assertEquals(new AdaptiveLimit.Bounds(7, 1000), new CallRoom(7, 1000).of(plain));
    assertEquals(new AdaptiveLimit.Bounds(100, 100), new CallRoom(0, 100).of(plain));
  }

  @Test
  void calls_do_not_take_all_connections_of_a_node_by_https() {
    NodeLink tls = link("https://127.0.0.1:1");
    int most = TlsRoom.MAX_TLS_CALLS;
    assertEquals(new AdaptiveLimit.Bounds(most, most), new CallRoom(0, 1000).of(tls));
    assertEquals(new AdaptiveLimit.Bounds(7, most), new CallRoom(7, 1000).of(tls));
    assertEquals(new AdaptiveLimit.Bounds(100, 100), new CallRoom(0, 100).of(tls));
  }
}
