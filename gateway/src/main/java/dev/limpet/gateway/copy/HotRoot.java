package dev.limpet.gateway.copy;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Question;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How much calls want one root. Calls on all event loops count here; what is kept between two looks
 * is read and written by the {@link CopyPlan} alone.
 */
public final class HotRoot {
  private final Cid root;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger saturated = new AtomicInteger();
  private volatile @Nullable Question last;

  /** Calls that found every holder busy, those of the last look for half. */
  double heat;

  /** Since when the holders alone would be enough, on the clock of the plan. */
  long quietSince;

  /**
   * Cool.
   *
   * @param first a call that found every holder busy; null for a copy that was found
   */
  HotRoot(Cid root, @Nullable Question first, long nowTicks) {
    this.root = root;
    this.last = first;
    this.quietSince = nowTicks;
  }

  Cid root() {
    return root;
  }

  /** A call that a copy would be for; null while none is known. */
  @Nullable Question last() {
    return last;
  }

  /**
   * A call begins; {@link #ended} must follow.
   *
   * @param wanted whether it found every holder busy, and the data may travel for it
   */
  void began(Question question, boolean wanted) {
    int now = running.incrementAndGet();
    most.accumulateAndGet(now, Math::max);
    if (wanted) {
      saturated.incrementAndGet();
      last = question;
    }
  }

  /** A call has ended. */
  public void ended() {
    running.decrementAndGet();
  }

  /** Calls that run. */
  int running() {
    return running.get();
  }

  /** The most calls that ran at once since it was asked last. */
  int takeMost() {
    return most.getAndSet(running.get());
  }

  /** Calls that found every holder busy since it was asked last. */
  int takeSaturated() {
    return saturated.getAndSet(0);
  }
}
