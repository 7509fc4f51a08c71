package dev.limpet.node.invoke;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.cid.Multihash;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes travelled, and how many may: for one call those of all its inputs, from all
 * sources, wrong ones included. What may travel is data, by the size of its blocks, as placement
 * counts it. So a block counts once: shares of several sources have the blocks that lead to them in
 * common, and what one source could give within the bound must not be refused because it came from
 * two. And what stands around blocks on the way does not count. Both are bounded together, so that
 * a source that repeats itself, or sends more frames than data, ends, too. For several threads.
 */
final class FetchMeter {
  /**
   * Bytes that are forgiven at most, besides half of what may travel: the list of a directory, or a
   * node of a large file, for each share; a CID for each block.
   */
  static final long MAX_REPEATED_BYTES = 1L << 20;

  /** What is more than enough for the head of a CAR and the frame of a block. */
  static final int MAX_FRAME_BYTES = 4 << 10;

  /** Blocks that are remembered, some 150 bytes each: one that is not counts each time. */
  static final int MAX_REMEMBERED_BLOCKS = CarIntake.MAX_EXPECTED_BLOCKS;

  private final long most;
  private long travelled;
  private long counted;
  private long forgiven;

  /** Those that came; made with the first, since most calls fetch nothing. */
  private @Nullable Set<Multihash> came;

  /**
   * A meter.
   *
   * @param most bytes that may travel; 0 or more
   */
  FetchMeter(long most) {
    this.most = most;
  }

  /** The answer of one source, from its first byte to its last. */
  Transfer transfer() {
    return new Transfer();
  }

  /** Whether more has come than may, so that no source can help. */
  synchronized boolean isSpent() {
    return counted > most;
  }

  /** Bytes that may still come; 0 or more. */
  synchronized long left() {
    return Math.max(0, most - counted);
  }

  /** Bytes that travelled, repeated ones included. */
  synchronized long bytes() {
    return travelled;
  }

  /** Bytes that can still be forgiven. */
  private long mercy() {
    return most / 2 + MAX_REPEATED_BYTES - forgiven;
  }

  private ContentLimitException tooMuch() {
    return new ContentLimitException("more than " + most + " bytes would travel");
  }

  private boolean isNew(Multihash block) {
    if (came == null) {
      came = new HashSet<>();
    }
    return came.size() < MAX_REMEMBERED_BLOCKS ? came.add(block) : !came.contains(block);
  }

  /** Counts the bytes of one answer; those of a block are known to be repeated at its end. */
  final class Transfer implements LongConsumer, AutoCloseable {
    /** Others came before it, so that it may repeat some. */
    private final boolean mayRepeat;

    /** Bytes since the last block. */
    private long open;

    private Transfer() {
      synchronized (FetchMeter.this) {
        mayRepeat = came != null;
      }
    }

    /**
     * Takes note of bytes that came.
     *
     * @throws ContentLimitException when more has come than may, whatever block it is of
     */
    @Override
    public void accept(long more) {
      synchronized (FetchMeter.this) {
        travelled += more;
        open += more;
        long mercy = Math.max(0, mayRepeat ? mercy() : Math.min(mercy(), MAX_FRAME_BYTES));
        if (counted + open - mercy > most) {
          throw tooMuch();
        }
      }
    }

    /**
     * What came since the block before is this one, checked, with what stands around it.
     *
     * @throws ContentLimitException when more has come than may
     */
    void ended(Block block) {
      synchronized (FetchMeter.this) {
        long data = isNew(block.cid().multihash()) ? Math.min(open, block.bytes().length) : 0;
        if (open - data > mercy()) {
          data = open;
        }
        counted += data;
        forgiven += open - data;
        open = 0;
        if (counted > most) {
          throw tooMuch();
        }
      }
    }

    /** The answer is at its end, or broke off: what was no whole block counts. */
    @Override
    public void close() {
      synchronized (FetchMeter.this) {
        counted += open;
        open = 0;
      }
    }
  }
}
