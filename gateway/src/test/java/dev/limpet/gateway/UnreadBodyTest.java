package dev.limpet.gateway;

import static dev.limpet.testkit.patience.Patience.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeIdentity;
import dev.limpet.testkit.wire.WireExchange;
import dev.limpet.testkit.wire.WireServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A caller that goes while nobody reads the body of its request, so that the gateway waits. */
@Timeout(60)
class UnreadBodyTest {
  private static final byte[] MODULE =
      HexFormat.of()
          .parseHex(
              "0061736d01000000010401600000030201000503010001"
                  + "071302066d656d6f72790200065f737461727400000a040102000b");

  private static final int BODY_BYTES = 64 << 20;

  /** Nobody takes a byte of a body for so long: all buffers on its way are full. */
  private static final int STUCK_MILLIS = 300;

  private final CountDownLatch isReached = new CountDownLatch(1);
  private final CountDownLatch isCancelled = new CountDownLatch(1);
  private final CountDownLatch isOver = new CountDownLatch(1);

  @TempDir private Path folder;

  private void answer(WireExchange exchange) throws IOException {
    if (exchange.head().method().equals("DELETE")) {
      isCancelled.countDown();
      exchange.raw("HTTP/1.1 204 n\r\n\r\n");
    } else if (exchange.head().target().equals("/v1/invocations")) {
      isReached.countDown();
      await(isOver);
    } else {
      exchange.body().readAllBytes();
      exchange.raw("HTTP/1.1 204 n\r\n\r\n");
    }
  }

  @Test
  void its_node_is_told_although_the_gateway_reads_nothing_of_it() throws Exception {
    try (var node = WireServer.start(this::answer);
        var gateway = GatewayUnderTest.start(folder)) {
      NodeIdentity identity = NodeIdentity.generate();
      assertEquals(201, gateway.join(identity, "edge", node.url().toString(), Map.of()).status());
      gateway.deployed(MODULE, "?name=hello");
      try (var caller = SocketChannel.open(address(gateway.url()))) {
        sendUntilStuck(caller, gateway.url());
        await(isReached);
        SocketChannel _ = caller.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      await(isCancelled);
      isOver.countDown();
    }
  }

  private static InetSocketAddress address(URI url) {
    return new InetSocketAddress(url.getHost(), url.getPort());
  }

  private static void sendUntilStuck(SocketChannel caller, URI url) throws IOException {
    ByteBuffer head =
        StandardCharsets.US_ASCII.encode(
            "POST /fn/hello HTTP/1.1\r\nHost: "
                + url.getAuthority()
                + "\r\nContent-Length: "
                + BODY_BYTES
                + "\r\n\r\n");
    while (head.hasRemaining()) {
      int _ = caller.write(head);
    }
    SelectionKey key;
    try (Selector selector = Selector.open()) {
      var _ = caller.configureBlocking(false);
      key = caller.register(selector, SelectionKey.OP_WRITE);
      int sent = 0;
      while (selector.select(STUCK_MILLIS) > 0) {
        selector.selectedKeys().clear();
        sent += caller.write(ByteBuffer.allocate(1 << 16));
      }
      assertTrue(sent < BODY_BYTES && key.isValid(), sent + " bytes were taken");
    }
  }
}
