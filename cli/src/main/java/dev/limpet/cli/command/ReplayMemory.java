package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptComparison;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which hash of memory a replay is compared with: that of the receipt, or when nobody asked for one
 * then, that of one more run on the receipt's node.
 *
 * @param fresh the receipt of that run; null when there was none
 * @param why why no hashes can be compared; empty when they are
 */
record ReplayMemory(@Nullable Receipt fresh, String why) {
  private static final ReplayMemory OF_RECEIPT = new ReplayMemory(null, "");

  /**
   * Finds one.
   *
   * @param now the receipt of the replay
   * @param refused why there is to be no further run, empty when there may
   * @param again runs it on the node of the receipt
   */
  static ReplayMemory of(
      Receipt before, Receipt now, String refused, Supplier<Optional<Receipt>> again) {
    if (now.used().memoryHash() == null) {
      return none("the replay's node gave no hash");
    }
    if (before.used().memoryHash() != null) {
      return before.ran().engine().equals(now.ran().engine())
          ? OF_RECEIPT
          : none("it ran on another engine");
    }
    if (before.ran().node().equals(now.ran().node())) {
      return none("the receipt has no hash, and the same node ran it again");
    }
    if (!refused.isEmpty()) {
      return none("the receipt has no hash, and " + refused);
    }
    try {
      return again
          .get()
          .map(fresh -> ofRun(before, fresh, now))
          .orElseGet(() -> none("the receipt has no hash, and its node keeps no receipts now"));
    } catch (CliException e) {
      return none("the receipt has no hash, and its node cannot be asked now: " + e.getMessage());
    }
  }

  private static ReplayMemory ofRun(Receipt before, Receipt fresh, Receipt now) {
    if (!fresh.ran().node().equals(before.ran().node())) {
      return none("the receipt has no hash, and its node cannot run it now");
    }
    if (fresh.used().memoryHash() == null) {
      return none("the receipt has no hash, and its node gives none");
    }
    return fresh.ran().engine().equals(now.ran().engine())
        ? new ReplayMemory(fresh, "")
        : none("its node has another engine");
  }

  private static ReplayMemory none(String why) {
    return new ReplayMemory(null, why);
  }

  /** What receipt and replay say, with what the node of the receipt says now. */
  ReceiptComparison with(ReceiptComparison said, Receipt now) {
    return fresh == null ? said : said.with(ReceiptComparison.of(fresh, now));
  }

  /** What a reader should know; empty when both receipts had it. */
  String text() {
    if (fresh != null) {
      return "memory: the receipt has no hash; compared is that of one more run on its node";
    }
    return why.isEmpty() ? "" : "memory: not compared: " + why;
  }

  /** The same for programs. */
  void addTo(Map<String, Object> json) {
    json.put("memoryCompared", why.isEmpty());
    if (!why.isEmpty()) {
      json.put("memoryNotCompared", why);
    }
    if (fresh != null) {
      json.put("again", Receipt.cidOf(fresh.encode()).toString());
    }
  }
}
