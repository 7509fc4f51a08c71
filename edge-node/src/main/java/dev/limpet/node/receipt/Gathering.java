package dev.limpet.node.receipt;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** How receipts gather before they are written together. */
@FunctionalInterface
interface Gathering {
  /**
   * Waits so long, or until the node stops.
   *
   * @param closing is zero when it does
   * @return whether it does
   */
  boolean await(CountDownLatch closing, Duration time) throws InterruptedException;
}
