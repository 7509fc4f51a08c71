package dev.limpet.gateway.placement;

import java.util.Arrays;

/**
 * From digests to the heads of chains of {@link Postings}: a hash table with open addressing and
 * linear probing. Not safe for use by several threads.
 *
 * <p>Digests, each with its head behind it, stand densely in an array, 40 bytes each: one probe
 * touches one place of it. What is sparse is a table of their numbers. A digest that is removed
 * leaves its number to the next one.
 */
final class DigestTable {
  private static final int NONE = -1;

  /** Heads at and below this and next to it lead to the next free number. */
  private static final int FREE = Postings.END - 2;

  private static final int FIRST_CAPACITY = 8;
  private static final int LONGS = 5;
  private static final int HEAD = 4;

  private int[] slots = emptySlots(2 * FIRST_CAPACITY);
  private long[] digests = new long[LONGS * FIRST_CAPACITY];
  private int firstFree = NONE;
  private int used;
  private int size;

  private final long secret;

  /** An empty table whose places only who knows the secret can foretell. */
  DigestTable(long secret) {
    this.secret = secret;
  }

  private static int[] emptySlots(int count) {
    int[] slots = new int[count];
    Arrays.fill(slots, NONE);
    return slots;
  }

  /** Digests have numbers below this one; some may be free. */
  int limit() {
    return used;
  }

  /** The number of a digest, or -1; its hash is the one by the secret of this table. */
  int find(IndexKey key, long hash) {
    int mask = slots.length - 1;
    int slot = (int) hash & mask;
    while (slots[slot] != NONE) {
      if (matches(slots[slot], key)) {
        return slots[slot];
      }
      slot = (slot + 1) & mask;
    }
    return NONE;
  }

  private boolean matches(int number, IndexKey key) {
    int at = LONGS * number;
    return digests[at] == key.a()
        && digests[at + 1] == key.b()
        && digests[at + 2] == key.c()
        && digests[at + 3] == key.d();
  }

  /** Adds a digest that is not there, with an empty chain, and gives its number. */
  int add(IndexKey key) {
    if (size >= slots.length / 4 * 3) {
      rehash();
    }
    int number = take();
    int at = LONGS * number;
    digests[at] = key.a();
    digests[at + 1] = key.b();
    digests[at + 2] = key.c();
    digests[at + 3] = key.d();
    setHead(number, Postings.END);
    place(number);
    size++;
    return number;
  }

  private int take() {
    if (firstFree != NONE) {
      int number = firstFree;
      firstFree = freeAfter(number);
      return number;
    }
    if (LONGS * used == digests.length) {
      digests = Arrays.copyOf(digests, LONGS * (used + used / 2));
    }
    return used++;
  }

  private void rehash() {
    int[] before = slots;
    slots = emptySlots(2 * before.length);
    for (int number : before) {
      if (number != NONE) {
        place(number);
      }
    }
  }

  private void place(int number) {
    int mask = slots.length - 1;
    int slot = home(number);
    while (slots[slot] != NONE) {
      slot = (slot + 1) & mask;
    }
    slots[slot] = number;
  }

  /** Where a digest would stand if it were alone. */
  private int home(int number) {
    return (int) key(number).hash(secret) & (slots.length - 1);
  }

  private IndexKey key(int number) {
    int at = LONGS * number;
    return new IndexKey(
        digests[at], digests[at + 1], digests[at + 2], digests[at + 3], IndexKey.OTHER);
  }

  /** Takes a digest away; its chain is empty. */
  void remove(int number) {
    int mask = slots.length - 1;
    int hole = home(number);
    while (slots[hole] != number) {
      hole = (hole + 1) & mask;
    }
    // Whoever stands behind the hole and could stand in it moves there, so no probe ends early.
    int next = (hole + 1) & mask;
    while (slots[next] != NONE) {
      if (((next - home(slots[next])) & mask) >= ((next - hole) & mask)) {
        slots[hole] = slots[next];
        hole = next;
      }
      next = (next + 1) & mask;
    }
    slots[hole] = NONE;
    // A free number keeps the next free one where its chain was, below every real value.
    setHead(number, FREE - firstFree);
    firstFree = number;
    size--;
  }

  private int freeAfter(int number) {
    return FREE - head(number);
  }

  /** Whether no digest has that number now. */
  boolean isFree(int number) {
    return head(number) < Postings.END;
  }

  /** The first posting of a digest, or {@link Postings#END}. */
  int head(int number) {
    return (int) digests[LONGS * number + HEAD];
  }

  /** Changes where the chain of a digest begins. */
  void setHead(int number, int posting) {
    digests[LONGS * number + HEAD] = posting;
  }
}
