package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.ReceiptValues;
import org.jspecify.annotations.Nullable;

/** Port: where receipts of Executions go. */
public interface ReceiptKeeper {
  /** Keeps none, and whoever asks need not make one. */
  ReceiptKeeper NONE =
      new ReceiptKeeper() {
        @Override
        public @Nullable Cid keep(ReceiptValues receipt) {
          return null;
        }

        @Override
        public boolean isKeeping() {
          return false;
        }
      };

  /**
   * Takes a receipt; does not wait for the disk.
   *
   * @return its CID, under which it will be found; null when there is no room for it
   */
  @Nullable Cid keep(ReceiptValues receipt);

  /** Whether receipts are wanted. */
  boolean isKeeping();
}
