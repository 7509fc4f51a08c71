package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class PeerAddressTest {
  @Test
  void a_host_is_told_as_it_was_given_and_asked_of_nobody() throws IOException {
    assertEquals(
        "node.example", PeerAddress.host(InetSocketAddress.createUnresolved("node.example", 80)));
    byte[] bytes = {(byte) 192, 0, 2, 1};
    assertEquals(
        "192.0.2.1", PeerAddress.host(new InetSocketAddress(InetAddress.getByAddress(bytes), 80)));
  }

  @Test
  void a_socket_that_has_closed_knows_none() {
    assertEquals("a client that has gone", PeerAddress.host(null));
  }
}
