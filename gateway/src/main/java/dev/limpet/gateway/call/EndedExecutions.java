package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Execution;
import dev.limpet.protocol.ExecutionId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The Executions that have ended, in their order: the oldest is forgotten when its hour is over, or
 * when its room is needed. Every call comes here once, so this is no cache that weighs what is
 * worth keeping, and none of them is an object: a collection would copy each of them.
 *
 * <p>Invariants. Places grow; what lies at {@link #oldest} or later and before {@link #end} is
 * there. Each begins with a head, which names the place of the one before it whose id falls into
 * the same bucket, so a chain leads backwards in time, and ends where what was forgotten begins.
 */
final class EndedExecutions {
  /** How long one is known. */
  static final Duration KEPT = Duration.ofHours(1);

  /** Memory for all of them; some 20 000 of usual size. */
  static final int MAX_KEPT_BYTES = 8 << 20;

  /** Executions that are looked at for one page: a millisecond or two. */
  static final int MAX_LOOKED_AT = 1000;

  private static final int BUCKETS = 1 << 13;
  private static final long NOWHERE = -1;

  private final ByteRing ring = new ByteRing(MAX_KEPT_BYTES);
  private final long[] latest = new long[BUCKETS];

  /** The place of the last Execution of each, the longest ago first. */
  private final Map<Ran, Long> ran = new LinkedHashMap<>(16, 0.75f, true);

  private final byte[] headBytes = new byte[Head.BYTES];
  private long oldest;
  private long end;
  private int size;

  /** A function on a node. */
  private record Ran(Cid function, String node) {}

  /**
   * What stands before a packed Execution.
   *
   * @param before the place of the one before it in its bucket
   * @param endedMillis when it ended
   * @param idHash hash of its id
   * @param length of this and what is packed
   */
  private record Head(long before, long endedMillis, int idHash, int length) {
    static final int BYTES = 8 + 8 + 4 + 4;

    /** Writes it before what is packed. */
    void put(ByteBuffer packed) {
      packed.putLong(before).putLong(endedMillis).putInt(idHash).putInt(length).rewind();
    }

    boolean isOver(long nowMillis) {
      return nowMillis - endedMillis > KEPT.toMillis();
    }
  }

  EndedExecutions() {
    Arrays.fill(latest, NOWHERE);
  }

  /** Keeps one that ended now; {@link #find} then gives it for its id, whatever was there. */
  void add(Execution execution, Instant now) {
    add(execution, PackedExecution.pack(execution, Head.BYTES), now.toEpochMilli());
  }

  private synchronized void add(Execution execution, ByteBuffer packed, long nowMillis) {
    int length = packed.remaining();
    if (length > MAX_KEPT_BYTES) {
      return; // bounds on what a caller and a node may say keep it a hundred times smaller
    }
    forget(length, nowMillis);
    int hash = execution.id().hashCode();
    int bucket = bucket(hash);
    new Head(latest[bucket], nowMillis, hash, length).put(packed);
    ring.write(end, packed);
    latest[bucket] = end;
    String node = execution.node();
    if (node != null) {
      ran.put(new Ran(execution.function(), node), end);
    }
    end += length;
    size++;
  }

  private void forget(int room, long nowMillis) {
    while (oldest < end) {
      Head head = head(oldest);
      if (end + room - oldest <= MAX_KEPT_BYTES && !head.isOver(nowMillis)) {
        break;
      }
      oldest += head.length;
      size--;
    }
    Iterator<Long> places = ran.values().iterator();
    while (places.hasNext() && places.next() < oldest) {
      places.remove();
    }
  }

  /** What is known of one, or null. */
  synchronized @Nullable Execution find(ExecutionId id, Instant now) {
    int hash = id.hashCode();
    long place = latest[bucket(hash)];
    while (place >= oldest) {
      Head head = head(place);
      if (head.idHash == hash) {
        Execution found = unpack(place, head);
        if (found.id().equals(id)) {
          return head.isOver(now.toEpochMilli()) ? null : found;
        }
      }
      place = head.before;
    }
    return null;
  }

  /**
   * A part of them, the oldest first.
   *
   * @param found those that are wanted
   * @param next the place to go on at, or null when there are no more
   */
  record Part(List<Execution> found, @Nullable Long next) {}

  /**
   * Looks at some of them.
   *
   * @param from the place to begin at, as {@link Part#next} said; 0 for the oldest
   * @param wanted which are picked out
   * @param limit how many of these at most
   */
  synchronized Part list(long from, Predicate<Execution> wanted, int limit, Instant now) {
    List<Execution> found = new ArrayList<>();
    long at = isPlace(from) ? from : oldest;
    int looked = 0;
    while (at < end) {
      Head head = head(at);
      if (at >= from) { // one who asks with a place that was none gets those after it
        if (found.size() == limit || looked == MAX_LOOKED_AT) {
          return new Part(found, at);
        }
        looked++;
        Execution one = unpack(at, head);
        if (!head.isOver(now.toEpochMilli()) && wanted.test(one)) {
          found.add(one);
        }
      }
      at += head.length;
    }
    return new Part(found, null);
  }

  /** Whether an Execution lies there: then it is in the chain that its head names. */
  private boolean isPlace(long at) {
    if (at < oldest || at > end - Head.BYTES) {
      return false;
    }
    long place = latest[bucket(head(at).idHash)];
    while (place > at) {
      place = head(place).before;
    }
    return place == at;
  }

  /** Names of nodes that ran a function and are remembered for it. */
  synchronized Set<String> nodesOf(Cid function) {
    Set<String> nodes = new HashSet<>();
    for (Ran one : ran.keySet()) {
      if (one.function.equals(function)) {
        nodes.add(one.node);
      }
    }
    return nodes;
  }

  /** How many are kept. */
  synchronized int size() {
    return size;
  }

  private Head head(long place) {
    ring.read(place, headBytes);
    ByteBuffer head = ByteBuffer.wrap(headBytes);
    return new Head(head.getLong(), head.getLong(), head.getInt(), head.getInt());
  }

  private Execution unpack(long place, Head head) {
    byte[] packed = new byte[head.length - Head.BYTES];
    ring.read(place + Head.BYTES, packed);
    return PackedExecution.unpack(packed);
  }

  private static int bucket(int hash) {
    return (hash ^ hash >>> 16) & BUCKETS - 1;
  }
}
