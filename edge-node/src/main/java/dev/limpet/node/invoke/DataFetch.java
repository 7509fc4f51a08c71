package dev.limpet.node.invoke;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.unixfs.DirectoryEntry;
import dev.limpet.node.invoke.DataSource.Part;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Fetches what lies below a path from those who may have it, one after the other until one has sent
 * it whole: first the peers that the gateway names, then the trustless gateways outside that the
 * owner lists, and at last those that a router names. With several, the first is asked for the
 * beginning alone; when that turns out to be of a large file or directory, the rest comes from
 * several at once ({@link ParallelFetch}). What has come of a file is not asked for again. A source
 * that sends wrong bytes, too much or too little is passed over; it has spoiled nothing, since
 * every block is checked and must belong below the root.
 */
final class DataFetch {
  private static final System.Logger LOG = System.getLogger(DataFetch.class.getName());

  /** What no other source can change: the call's own end, or what the data itself proves. */
  private static final Set<ErrorCode> FINAL =
      Set.of(
          ErrorCode.CANCELLED,
          ErrorCode.DRAINING,
          ErrorCode.DATA_NOT_FOUND,
          ErrorCode.NOT_SUPPORTED,
          ErrorCode.STORE_FAILED);

  /** Transfers of one source that break off and are resumed, each behind where it began. */
  static final int MAX_RESUMES = 8;

  /**
   * What to fetch for whom.
   *
   * @param ref the data
   * @param sources who may have it, in this order
   * @param deadline of the call
   * @param over whether the call was cancelled, or the fetch is not needed any more
   * @param meter counts what travels, and says how much may
   */
  record Order(
      DataRef ref,
      List<DataSource> sources,
      Deadline deadline,
      BooleanSupplier over,
      FetchMeter meter) {
    /** Counts each block of a transfer, and refuses to go on for a call that is over. */
    Consumer<Block> each(FetchMeter.Transfer transfer) {
      return block -> {
        transfer.ended(block);
        check();
      };
    }

    /**
     * Refuses to go on for a call that is over.
     *
     * @throws LimpetException {@code cancelled}, {@code out-of-time}
     */
    void check() {
      if (over.getAsBoolean()) {
        throw new LimpetException(ErrorCode.CANCELLED, "the call was cancelled");
      }
      deadline.check("while data was fetched");
    }
  }

  /** Whether what a source has sent is what was wanted. */
  interface Arrival {
    /** Looks for it among the blocks that are here now. */
    boolean isWhole();

    /** The size of a file, as far as that is known now; -1 for all else. */
    long size();

    /** The first byte of a file, from that one on, that is not here now; {@code from} else. */
    long missingFrom(long from);

    /**
     * What is directly in a directory that can be listed with what is here now; nothing of one with
     * more entries, and of all else.
     */
    default List<DirectoryEntry> entries(int most) {
      return List.of();
    }

    /** Whether one of these entries is here. */
    default Arrival of(DirectoryEntry entry) {
      throw new IllegalStateException("what has no entries has not " + entry.name());
    }
  }

  /**
   * Fetches.
   *
   * @param last asked one after the other who else may have it, when none of the order's sources
   *     has given it
   * @throws LimpetException when no source had it: {@code would-move} if it is larger than allowed,
   *     {@code hash-mismatch} if one sent wrong bytes, {@code data-not-found} if all say that there
   *     is no such thing, else {@code data-unavailable}; {@code out-of-time}, {@code cancelled}
   */
  void fetch(Order order, List<DataFinder> last, Arrival arrival) {
    try {
      fetchChecked(order, last, arrival);
    } catch (ContentException e) {
      throw refusal(order, fault(e)); // what came proves that there is no more to be had
    }
  }

  private static void fetchChecked(Order order, List<DataFinder> last, Arrival arrival) {
    if (order.sources().isEmpty() && last.isEmpty()) {
      throw refusal(order, null);
    }
    LimpetException worst = fromAll(order.sources(), order, arrival);
    for (DataFinder finder : last) {
      if (worst == null) {
        return;
      }
      LimpetException failure = fromFound(finder, order, arrival);
      worst = failure == null ? null : worse(worst, failure);
    }
    if (worst != null) {
      throw refusal(order, worst);
    }
  }

  /** Why nobody whom a finder names gave it; null when it is whole. */
  private static @Nullable LimpetException fromFound(
      DataFinder finder, Order order, Arrival arrival) {
    List<DataSource> found;
    try {
      found = finder.find(order);
    } catch (LimpetException e) {
      order.check();
      LOG.log(Level.WARNING, "{0} could not be asked who has data: {1}", finder, e.getMessage());
      return e;
    }
    return found.isEmpty()
        ? new LimpetException(ErrorCode.NOT_FOUND, finder + " knows no gateway that has it")
        : fromAll(found, order, arrival);
  }

  /** Why none of them gave it; null when it is whole. */
  private static @Nullable LimpetException fromAll(
      List<DataSource> sources, Order order, Arrival arrival) {
    List<DataSource> able = new ArrayList<>(sources);
    LimpetException worst = null;
    if (able.size() > 1) {
      worst = fromSeveral(able, order, arrival);
      if (arrival.isWhole()) {
        return null;
      }
    }
    for (DataSource source : able) {
      LimpetException failure = tried(source, rest(order.ref(), arrival), order, arrival);
      if (failure == null && arrival.isWhole()) {
        return null;
      }
      worst = worse(worst, failure == null ? partly() : failure);
    }
    return worst == null
        ? new LimpetException(ErrorCode.NOT_FOUND, "nobody is known who has it")
        : worst;
  }

  /** Of a file that has all its bytes and is not whole, such as for an empty block, everything. */
  static Part rest(DataRef ref, Arrival arrival) {
    long missing = arrival.missingFrom(0);
    return new Part(ref, missing == arrival.size() ? 0 : missing, DataSource.END);
  }

  /**
   * The beginning from the first that gives it, which of a directory is its list, and the rest of
   * what is large from all at once. Who fails is not asked again.
   */
  private static @Nullable LimpetException fromSeveral(
      List<DataSource> able, Order order, Arrival arrival) {
    LimpetException worst = null;
    Part beginning = new Part(order.ref(), 0, Shares.PART_BYTES);
    long before = order.meter().bytes();
    while (!able.isEmpty() && arrival.size() < 0) {
      LimpetException failure = tried(able.getFirst(), beginning, order, arrival);
      if (failure == null) {
        break;
      }
      worst = worse(worst, failure);
      able.removeFirst();
    }
    long lead = order.meter().bytes() - before;
    ParallelFetch rest = new ParallelFetch(order, arrival, DataFetch::tried);
    for (LimpetException failure : rest.fetch(able, lead)) {
      worst = worse(worst, failure);
    }
    return worst;
  }

  /**
   * Asks one source. What came before a transfer broke is kept, and the same source is asked for
   * the rest.
   *
   * @return why it failed; null when it gave all that it wanted to give
   * @throws LimpetException when no other source can do better
   */
  private static @Nullable LimpetException tried(
      DataSource source, Part part, Order order, Arrival arrival) {
    LimpetException failure;
    try {
      fromOne(source, part, order, arrival);
      return null;
    } catch (ContentException e) {
      failure = fault(e);
    } catch (LimpetException e) {
      order.deadline().check("while data was fetched");
      if (FINAL.contains(e.code())) {
        throw e;
      }
      failure = e;
    }
    if (order.meter().isSpent()) {
      throw refusal(order, failure);
    }
    LOG.log(Level.WARNING, "a fetch from {0} failed: {1}", source, failure.getMessage());
    return failure;
  }

  private static void fromOne(DataSource source, Part part, Order order, Arrival arrival) {
    long position = part.from();
    for (int resumed = 0; ; resumed++) {
      try {
        source.fetch(new Part(part.ref(), position, part.to()), order);
        return;
      } catch (LimpetException e) {
        long now = e.code() == ErrorCode.NODE_FAILED ? arrival.missingFrom(position) : position;
        if (now <= position || resumed == MAX_RESUMES) {
          throw e;
        }
        long to = part.to() == DataSource.END ? arrival.size() : part.to();
        if (to >= 0 && now >= to) {
          return; // it broke behind the last byte
        }
        position = now;
      }
    }
  }

  /** What a source did that ended well and sent too little. */
  static LimpetException partly() {
    return new LimpetException(ErrorCode.DATA_UNAVAILABLE, "it sent a part");
  }

  private static LimpetException fault(ContentException e) {
    return switch (e) {
      case HashMismatchException _ ->
          new LimpetException(ErrorCode.HASH_MISMATCH, e.getMessage(), e);
      case ContentLimitException _ -> new LimpetException(ErrorCode.WOULD_MOVE, e.getMessage(), e);
      case StoreFailedException _, QuotaExceededException _ ->
          throw new LimpetException(
              ErrorCode.STORE_FAILED, "fetched data cannot be kept: " + e.getMessage(), e);
      default -> new LimpetException(ErrorCode.NODE_FAILED, e.getMessage(), e);
    };
  }

  private static LimpetException worse(@Nullable LimpetException before, LimpetException now) {
    return before == null || rank(now) > rank(before) ? now : before;
  }

  private static int rank(LimpetException e) {
    return switch (e.code()) {
      case WOULD_MOVE -> 3;
      case HASH_MISMATCH -> 2;
      case NOT_FOUND -> 0;
      default -> 1;
    };
  }

  private static LimpetException refusal(Order order, @Nullable LimpetException worst) {
    String what = order.ref() + " could not be fetched: ";
    if (worst == null) {
      return new LimpetException(ErrorCode.NOT_HELD, "this node does not hold " + order.ref());
    }
    String detail = worst.problem().detail();
    return switch (worst.code()) {
      case WOULD_MOVE ->
          new LimpetException(
              ErrorCode.WOULD_MOVE,
              what + detail + "; allow more with " + Headers.MAX_FETCH + ", or call a holder",
              worst);
      case HASH_MISMATCH -> new LimpetException(ErrorCode.HASH_MISMATCH, what + detail, worst);
      case NOT_FOUND -> new LimpetException(ErrorCode.DATA_NOT_FOUND, what + detail, worst);
      default -> {
        Problem problem = Problem.of(ErrorCode.DATA_UNAVAILABLE, what + detail);
        OptionalLong after = worst.problem().retryAfterSeconds();
        yield new LimpetException(
            after.isEmpty()
                ? problem
                : problem.withRetryAfter(Duration.ofSeconds(after.getAsLong())),
            worst);
      }
    };
  }
}
