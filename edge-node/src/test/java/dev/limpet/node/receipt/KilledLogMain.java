package dev.limpet.node.receipt;

import static org.awaitility.Awaitility.await;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.receipt.ReceiptLog.Found;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.tlog.Checkpoint;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Puts receipts into a log without end, and prints a line for each that it promises and for each
 * that it has shown; made to be killed.
 */
final class KilledLogMain {
  private static final long QUOTA = 64 << 20;
  private static final int MOST_AT_ONCE = 60;
  private static final PrintStream OUT = System.out;

  private KilledLogMain() {}

  static ReceiptLog.Parts parts(Path folder, NodeIdentity node) {
    return new ReceiptLog.Parts(
        folder, node, QUOTA, Duration.ofDays(90), _ -> true, InstantSource.system());
  }

  /** Arguments: the folder of the log, the file of the node's key, a seed. */
  public static void main(String[] arguments) throws Exception {
    NodeIdentity node = NodeIdentity.loadOrCreate(Path.of(arguments[1]));
    Random random = new Random(Long.parseLong(arguments[2]));
    try (ReceiptLog log = ReceiptLog.open(parts(Path.of(arguments[0]), node))) {
      Cid last = promise(log, node);
      while (last != null) {
        for (int i = random.nextInt(MOST_AT_ONCE); i > 0 && last != null; i--) {
          last = promise(log, node);
        }
        if (last != null) {
          show(log, last);
        }
      }
      OUT.println("damaged");
    }
  }

  private static @Nullable Cid promise(ReceiptLog log, NodeIdentity node) {
    Cid promised = log.keep(ReceiptSamples.receipt(node.peerId()));
    if (promised != null) {
      OUT.println("promised " + promised);
    }
    return promised;
  }

  private static void show(ReceiptLog log, Cid receipt) {
    Found found =
        await().until(() -> log.find(receipt), known -> !(known instanceof Found.Pending));
    if (found instanceof Found.Proven proven) {
      Checkpoint shown = Checkpoint.parse(proven.file().proof().checkpoint().text());
      OUT.println("shown " + receipt + " " + shown.size() + " " + shown.root());
    }
  }
}
