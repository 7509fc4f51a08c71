package dev.limpet.gateway.memo;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.PeerId;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Small answers of pure functions in memory, so that a call that was made before travels to no
 * node. What is asked for stays; the rest goes when there is no room. A restart empties it: nodes
 * keep the same answers on their disks, and {@link KeeperFile} which.
 */
public final class AnswerMemo {
  /** Functions of which is remembered that their answers are not kept; some 200 bytes each. */
  static final int MAX_UNKEPT_FUNCTIONS = 1000;

  /** What the map needs and every head says, about. */
  static final int ENTRY_BYTES = 1 << 10;

  private final boolean on;
  private final Cache<MemoKey, MemoEntry> entries;
  private final Cache<Cid, Boolean> unkept =
      Caffeine.newBuilder().maximumSize(MAX_UNKEPT_FUNCTIONS).executor(Runnable::run).build();

  private final Keepers keepers = new Keepers();
  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private final LongAdder joined = new LongAdder();

  /**
   * An empty one.
   *
   * @param maxBytes of memory for answers; 0 keeps none, and still knows which nodes do
   */
  public AnswerMemo(long maxBytes) {
    this.on = maxBytes > 0;
    this.entries =
        Caffeine.newBuilder()
            .maximumWeight(maxBytes)
            .weigher(AnswerMemo::weight)
            .executor(Runnable::run)
            .build();
  }

  private static int weight(MemoKey key, MemoEntry entry) {
    return Math.toIntExact(
        ENTRY_BYTES + key.bytes() + entry.heads().bytes() + entry.body().length());
  }

  /** Whether it keeps anything. */
  public boolean isOn() {
    return on;
  }

  /** The answer of that call, or null. */
  public @Nullable MemoEntry find(MemoKey key) {
    return entries.getIfPresent(key);
  }

  /** Keeps an answer in place of an earlier one. */
  public void keep(MemoKey key, MemoEntry entry) {
    entries.put(key, entry);
  }

  /** Which nodes keep answers, these and others. */
  public Keepers keepers() {
    return keepers;
  }

  /** Forgets all answers that a node made, and has: it is trusted no longer. */
  public void forgetNode(PeerId node) {
    keepers.forgetNode(Keepers.mark(node));
    entries.asMap().values().removeIf(entry -> entry.node().equals(node));
  }

  /**
   * Learns whether waiting for an equal call of a function is of use: not when its answers are kept
   * neither here nor at a node, or stream without an end that anybody waits for.
   */
  public void learn(Cid function, boolean kept) {
    if (kept) {
      unkept.invalidate(function);
    } else {
      unkept.put(function, Boolean.TRUE);
    }
  }

  /** Whether the last answer of that function was kept, as far as is known. */
  public boolean isKept(Cid function) {
    return unkept.getIfPresent(function) == null;
  }

  /** A call got its answer here. */
  public void hit() {
    hits.increment();
  }

  /** A call would have been answered here and goes to a node. */
  public void miss() {
    misses.increment();
  }

  /** A call waits for an equal one. */
  public void joins() {
    joined.increment();
  }

  /** Calls that got their answer here. */
  public long hits() {
    return hits.sum();
  }

  /** Calls that would have got theirs here and went to a node. */
  public long misses() {
    return misses.sum();
  }

  /** Calls that waited for an equal one. */
  public long joined() {
    return joined.sum();
  }

  /** Answers that are kept. */
  public long entries() {
    return entries.estimatedSize();
  }

  /** Bytes of memory that they take, about. */
  public long bytes() {
    return entries.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }
}
