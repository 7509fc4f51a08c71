package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptValues;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Receipts that were promised and are not in the log yet, in bounded bytes. Any thread offers, and
 * writes its receipt into the batch that is filling; one thread takes the batch, and says when it
 * is settled. After {@link #end} nothing is promised any more, so that a last {@link #take} has
 * all: a promise is kept or counted as lost, never forgotten.
 */
final class ReceiptQueue {
  /** Receipts on their way to the disk: some ten thousand. */
  static final long MAX_PENDING_RECEIPT_BYTES = 8L << 20;

  /** What a receipt in the queue takes besides its bytes: its CID, and the text of that. */
  private static final int FIXED_BYTES = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition something = lock.newCondition();
  private EntryBatch filling = new EntryBatch();
  private EntryBatch other = new EntryBatch(); // taken and not settled, or empty
  private boolean woken;
  private boolean ended;
  private long dropped;

  /**
   * Takes a receipt.
   *
   * @return its CID; null when it is not promised
   */
  @Nullable Cid offer(ReceiptValues receipt) {
    lock.lock();
    try {
      if (ended) {
        return null;
      }
      int length = filling.write(receipt);
      if (length > Receipt.MAX_RECEIPT_BYTES
          || weight(filling) + weight(other) + length + FIXED_BYTES > MAX_PENDING_RECEIPT_BYTES) {
        dropped++;
        return null;
      }
      if (filling.isEmpty()) {
        something.signal();
      }
      return filling.add(length);
    } finally {
      lock.unlock();
    }
  }

  private static long weight(EntryBatch batch) {
    return batch.start(batch.count()) + (long) FIXED_BYTES * batch.count();
  }

  /** Waits until there is something to take, or {@link #wake}; false when the time is over. */
  boolean await(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (filling.isEmpty() && !woken && left > 0) {
        left = something.awaitNanos(left);
      }
      boolean any = woken || !filling.isEmpty();
      woken = false;
      return any;
    } finally {
      lock.unlock();
    }
  }

  /** Takes all that waits; the batch before must be {@link #settled}. */
  EntryBatch take() {
    lock.lock();
    try {
      if (!other.isEmpty()) {
        throw new IllegalStateException("the batch before is not settled");
      }
      EntryBatch taken = filling;
      filling = other;
      other = taken;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** What was taken is in the log, or lost. */
  void settled() {
    lock.lock();
    try {
      other.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing has come for long: lets go of memory that only a rush needed. */
  void rest() {
    lock.lock();
    try {
      if (filling.isEmpty() && other.isEmpty()) {
        filling.rest();
        other.rest();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    lock.lock();
    try {
      return filling.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Wakes up who waits in {@link #await}. */
  void wake() {
    lock.lock();
    try {
      woken = true;
      something.signal();
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing is promised. */
  void end() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
  }

  /** Whether it was promised and is not settled. */
  boolean isPending(Cid receipt) {
    lock.lock();
    try {
      return filling.contains(receipt) || other.contains(receipt);
    } finally {
      lock.unlock();
    }
  }

  /** Receipts that are not settled. */
  long pending() {
    lock.lock();
    try {
      return (long) filling.count() + other.count();
    } finally {
      lock.unlock();
    }
  }

  /** Receipts that were not promised for want of room. */
  long dropped() {
    lock.lock();
    try {
      return dropped;
    } finally {
      lock.unlock();
    }
  }
}
