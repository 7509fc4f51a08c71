package dev.limpet.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** How long a guest that never ends runs on at its node after its caller has hung up. */
final class HangUp {
  /** A node that takes longer to begin or to end a call is not measured but ill. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String CALLS = "limpet_node_calls ";

  private final URI gateway;
  private final URI node;
  private final String target;
  private final Duration patience;

  /**
   * One function.
   *
   * @param gateway where it is called
   * @param node where it runs, and nothing else does
   * @param target of the call
   * @param patience how long the node may take to begin the call, and to end it
   */
  HangUp(URI gateway, URI node, String target, Duration patience) {
    this.patience = patience;
    this.gateway = gateway;
    this.node = node;
    this.target = target;
  }

  /**
   * One call that is begun and left: from the end of its connection to when the node has no call.
   *
   * @throws IOException also when the node does not begin or end it in time
   */
  long nanos() throws IOException {
    try (HttpConnection asks = new HttpConnection(node)) {
      HttpConnection caller = new HttpConnection(gateway);
      try {
        caller.send(HttpConnection.get(gateway, target));
        await(asks, true);
      } finally {
        caller.close();
      }
      long left = System.nanoTime();
      await(asks, false);
      return System.nanoTime() - left;
    }
  }

  /** Looks as often as the node answers, which is some ten times in a millisecond. */
  private void await(HttpConnection asks, boolean runs) throws IOException {
    byte[] metrics = HttpConnection.get(node, "/metrics");
    long began = System.nanoTime();
    while (isRunning(asks.body(metrics)) != runs) {
      if (System.nanoTime() - began > patience.toNanos()) {
        String what = runs ? "begun a call" : "ended the call of who hung up";
        throw new IOException(
            "the node has not " + what + " within " + patience.toSeconds() + " s");
      }
      Thread.onSpinWait();
    }
  }

  private static boolean isRunning(byte[] metrics) throws IOException {
    return new String(metrics, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(CALLS))
        .findFirst()
        .map(line -> Double.parseDouble(line.substring(CALLS.length())) > 0)
        .orElseThrow(() -> new IOException("the node does not say how many calls it has"));
  }
}
