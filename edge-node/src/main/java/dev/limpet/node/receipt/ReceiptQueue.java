package dev.limpet.node.receipt;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.receipt.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Receipts that were promised and are not in the log yet, in bounded bytes. Any thread offers, one
 * takes, and tells of each that it has settled it. After {@link #end} nothing is promised any more,
 * so that a last {@link #take} has all: a promise is kept or counted as lost, never forgotten.
 */
final class ReceiptQueue {
  /** Receipts on their way to the disk: some ten thousand. */
  static final long MAX_PENDING_RECEIPT_BYTES = 8L << 20;

  /** What a receipt in the queue takes besides its bytes. */
  private static final int FIXED_BYTES = 128;

  /** Wakes up who takes; no receipt is empty. */
  private static final ReceiptStore.Entry WAKE = new ReceiptStore.Entry(null, new byte[0]);

  private final BlockingQueue<ReceiptStore.Entry> queue = new LinkedBlockingQueue<>();
  private final Set<Cid> pending = ConcurrentHashMap.newKeySet();
  private final AtomicLong pendingBytes = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean ended;

  /**
   * Takes a receipt in its DAG-CBOR.
   *
   * @return its CID; null when it is not promised
   */
  @Nullable Cid offer(byte[] bytes) {
    boolean fits = bytes.length <= Receipt.MAX_RECEIPT_BYTES;
    if (!fits || pendingBytes.get() + weight(bytes) > MAX_PENDING_RECEIPT_BYTES) {
      dropped.incrementAndGet();
      return null;
    }
    Cid cid = Receipt.cidOf(bytes);
    ReceiptStore.Entry entry = new ReceiptStore.Entry(cid, bytes);
    pendingBytes.addAndGet(weight(bytes));
    pending.add(cid);
    queue.add(entry);
    // A last take that came before it was put never sees it; so it is taken back.
    if (ended && queue.remove(entry)) {
      settled(entry);
      return null;
    }
    return cid;
  }

  /** What a receipt takes until it is settled. */
  static int weight(byte[] bytes) {
    return bytes.length + FIXED_BYTES;
  }

  /** Waits for something to take; null when the time is over. */
  ReceiptStore.@Nullable Entry poll(Duration time) throws InterruptedException {
    return queue.poll(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** All that waits, behind the first, if there is one; each must be {@link #settled}. */
  List<ReceiptStore.Entry> take(ReceiptStore.@Nullable Entry first) {
    List<ReceiptStore.Entry> taken = new ArrayList<>();
    if (first != null) {
      taken.add(first);
    }
    queue.drainTo(taken);
    taken.removeIf(entry -> entry.bytes().length == 0);
    return taken;
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  /** It is in the log, or lost. */
  void settled(ReceiptStore.Entry entry) {
    pendingBytes.addAndGet(-weight(entry.bytes()));
    if (entry.cid() != null) {
      pending.remove(entry.cid());
    }
  }

  /** Wakes up who waits in {@link #poll}. */
  void wake() {
    queue.add(WAKE);
  }

  /** From now on nothing is promised. */
  void end() {
    ended = true;
  }

  /** Whether it was promised and is not settled. */
  boolean isPending(Cid receipt) {
    return pending.contains(receipt);
  }

  /** Receipts that are not settled. */
  long pending() {
    return pending.size();
  }

  /** Receipts that were not promised for want of room. */
  long dropped() {
    return dropped.get();
  }
}
