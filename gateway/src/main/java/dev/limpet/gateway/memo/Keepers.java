package dev.limpet.gateway.memo;

import dev.limpet.protocol.PeerId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * Which node is thought to keep the answer of which call: of those for which there is no room in
 * the gateway's own memory, too. It is a hint. A node may have dropped the answer, and an entry may
 * be that of another call, at 55 bits of 64; either costs a run on a node that may have the call
 * anyway.
 *
 * <p>A table of sets of {@link #WAYS} entries, a line of a processor's cache each. An entry has the
 * upper bits of a call's print and the mark of a node; 0 is a free place. Event loops read and
 * write without locks: of two that write to one set at once one may be lost, or stand there twice
 * until its node is forgotten.
 */
public final class Keepers {
  /** Calls of which the keeper is remembered, 8 bytes each. */
  static final int MAX_KEEPERS = 1 << 18;

  /** Bytes of an answer, beyond which no node is thought to keep it. */
  public static final long MAX_KEEPER_ANSWER_BYTES = 1 << 20;

  /** Places that the entry of one print may have. */
  private static final int WAYS = 8;

  private static final int SETS = MAX_KEEPERS / WAYS;
  private static final int SET_BITS = Integer.numberOfTrailingZeros(SETS);
  private static final int MARK_BITS = 24;
  private static final int MARK = (1 << MARK_BITS) - 1;

  /** Of an entry outside of memory: its place, and it. */
  static final int ENTRY_BYTES = Integer.BYTES + Long.BYTES;

  private volatile boolean changed;
  private volatile @Nullable AtomicLongArray table; // 2 MiB, which who maps nothing does not need

  /**
   * What is known of a call when it is placed.
   *
   * @param print of the call, {@link CallPrint#of}; 0 for one of which nothing is remembered
   * @param keeper mark of the node that is thought to keep the answer; 0: none, or the call wants
   *     no kept one
   * @param running whether that node runs an equal call just now, or has just run it
   */
  public record Hint(long print, int keeper, boolean running) {
    /** Of a call of which nothing is remembered. */
    public static final Hint NONE = new Hint(0, 0, false);

    /** The same with the node where an equal call runs. */
    public Hint at(int mark) {
      return new Hint(print, mark, true);
    }
  }

  Keepers() {}

  /** What stands for a node here: 24 bits of its key, never 0. */
  public static int mark(PeerId node) {
    int mark = (node.hashCode() * 0x9e3779b9) >>> (Integer.SIZE - MARK_BITS);
    return mark == 0 ? MARK : mark;
  }

  /**
   * The hint for a call.
   *
   * @param wanted whether a kept answer would do
   */
  public Hint hint(long print, boolean wanted) {
    return new Hint(print, wanted ? find(print) : 0, false);
  }

  /** The mark of the node that is thought to keep it, or 0. */
  public int find(long print) {
    AtomicLongArray entries = table;
    if (entries == null) {
      return 0;
    }
    int set = set(print);
    for (int at = set; at < set + WAYS; at++) {
      long entry = entries.getOpaque(at);
      if (isOf(print, entry)) {
        return (int) entry & MARK;
      }
    }
    return 0;
  }

  private static int set(long print) {
    return ((int) print & (SETS - 1)) * WAYS;
  }

  private static boolean isOf(long print, long entry) {
    return (entry ^ print) >>> MARK_BITS == 0;
  }

  private static long entry(long print, int mark) {
    return ((print >>> MARK_BITS) << MARK_BITS) | mark;
  }

  /**
   * A node has run the call, or had its answer.
   *
   * @param bytes of the answer
   */
  public void keeps(long print, int mark, long bytes) {
    if (bytes <= MAX_KEEPER_ANSWER_BYTES) {
      AtomicLongArray entries = made();
      entries.setOpaque(place(entries, print), entry(print, mark));
      change();
    }
  }

  /** There is something to write. Event loops share the flag, and write it only when it changes. */
  void change() {
    if (!changed) {
      changed = true;
    }
  }

  /** What is there, {@link #ENTRY_BYTES} each; null when nothing has changed since it was asked. */
  byte @Nullable [] encoded() {
    AtomicLongArray entries = table;
    if (entries == null || !changed) {
      return null;
    }
    changed = false; // what comes from here on is for the next time
    ByteBuffer bytes = ByteBuffer.allocate(MAX_KEEPERS * ENTRY_BYTES);
    for (int at = 0; at < MAX_KEEPERS; at++) {
      long entry = entries.getOpaque(at);
      if (entry != 0) {
        bytes.putInt(at).putLong(entry);
      }
    }
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** Takes what {@link #encoded} gave; places that there are not are left out. */
  void add(ByteBuffer bytes) {
    while (bytes.remaining() >= ENTRY_BYTES) {
      int at = bytes.getInt();
      long entry = bytes.getLong();
      if (at >= 0 && at < MAX_KEEPERS) {
        made().setOpaque(at, entry);
      }
    }
  }

  /** Its own place, else a free one, else one that its print says. */
  private static int place(AtomicLongArray entries, long print) {
    int set = set(print);
    int place = set + ((int) (print >>> SET_BITS) & (WAYS - 1));
    boolean free = false;
    for (int at = set; at < set + WAYS; at++) {
      long entry = entries.getOpaque(at);
      if (entry == 0) {
        place = free ? place : at;
        free = true;
      } else if (isOf(print, entry)) {
        return at;
      }
    }
    return place;
  }

  private AtomicLongArray made() {
    AtomicLongArray entries = table;
    return entries == null ? make() : entries;
  }

  private synchronized AtomicLongArray make() {
    AtomicLongArray entries = table;
    if (entries == null) {
      entries = new AtomicLongArray(MAX_KEEPERS);
      table = entries;
    }
    return entries;
  }

  /** That node does not keep the answer; what is known of another one stays. */
  public void forget(long print, int mark) {
    AtomicLongArray entries = table;
    if (entries != null) {
      int set = set(print);
      for (int at = set; at < set + WAYS; at++) {
        boolean _ = entries.compareAndSet(at, entry(print, mark), 0);
      }
      change();
    }
  }

  /** Nothing is expected of a node any more. */
  void forgetNode(int mark) {
    AtomicLongArray entries = table;
    if (entries != null) {
      for (int at = 0; at < MAX_KEEPERS; at++) {
        long entry = entries.getOpaque(at);
        if (((int) entry & MARK) == mark) {
          boolean _ = entries.compareAndSet(at, entry, 0);
        }
      }
      change();
    }
  }
}
