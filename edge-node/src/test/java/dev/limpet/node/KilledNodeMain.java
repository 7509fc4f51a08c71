package dev.limpet.node;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A node in a process of its own, for a test that kills it. Prints where it listens. */
final class KilledNodeMain {
  private KilledNodeMain() {}

  static void main(String[] args) throws InterruptedException {
    Path dir = Path.of(args[0]);
    Node node =
        Node.start(NodeConfig.load(null, Map.of(), List.of("listen=127.0.0.1:0", "dir=" + dir)));
    System.out.println("ready " + node.url());
    new CountDownLatch(1).await();
  }
}
