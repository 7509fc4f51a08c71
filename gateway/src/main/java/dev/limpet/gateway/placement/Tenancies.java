package dev.limpet.gateway.placement;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The numbers that postings name nodes by. A number belongs to one tenancy until it is retired;
 * from then on it means nobody, and is given out again only when no posting has it any more.
 */
final class Tenancies {
  private static final int FIRST_CAPACITY = 64;

  private final Map<KnownNode, Tenancy> current = new ConcurrentHashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private volatile AtomicReferenceArray<@Nullable Tenancy> byNumber =
      new AtomicReferenceArray<>(FIRST_CAPACITY);
  private List<Integer> retired = new ArrayList<>();
  private int used;

  /** Whose postings with this number are; null when it was retired. */
  @Nullable Tenancy byNumber(int number) {
    return byNumber.get(number);
  }

  /** The tenancy of a node, which is a new one when it has none. */
  Tenancy of(KnownNode node) {
    Tenancy known = current.get(node);
    return known != null ? known : next(node, false);
  }

  /**
   * A new tenancy of a node; the one before stands until it is retired.
   *
   * @param keepsProofs whether what was shown under that counts under this
   */
  synchronized Tenancy next(KnownNode node, boolean keepsProofs) {
    Integer again = free.poll();
    int number = again != null ? again : used++;
    if (number >= Tenancy.MAX_TENANCIES) {
      throw new IllegalStateException("numbers are swept long before they run out");
    }
    Tenancy tenancy = new Tenancy(node, number, keepsProofs);
    if (number >= byNumber.length()) {
      grow();
    }
    byNumber.set(number, tenancy);
    current.put(node, tenancy);
    return tenancy;
  }

  private void grow() {
    AtomicReferenceArray<@Nullable Tenancy> larger =
        new AtomicReferenceArray<>(2 * byNumber.length());
    for (int i = 0; i < byNumber.length(); i++) {
      larger.set(i, byNumber.get(i));
    }
    byNumber = larger;
  }

  /** Forgets all that stands under its number. */
  synchronized void retire(Tenancy tenancy) {
    byNumber.set(tenancy.number(), null);
    current.remove(tenancy.node(), tenancy);
    retired.add(tenancy.number());
  }

  /** Takes the numbers that were retired, to be swept out. */
  synchronized List<Integer> takeRetired() {
    List<Integer> taken = retired;
    retired = new ArrayList<>();
    return taken;
  }

  /** Numbers that no posting has any more. */
  synchronized void reuse(List<Integer> numbers) {
    free.addAll(numbers);
  }
}
