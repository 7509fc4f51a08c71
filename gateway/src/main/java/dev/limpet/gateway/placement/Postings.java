package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.util.Arrays;

/**
 * The holders of digests, as chains in arrays: 24 bytes for each holding instead of three objects.
 * Not safe for use by several threads.
 *
 * <p>A posting says whose it is by the number of a {@link Tenancy}, and by bits beside it how the
 * block is read, why it is held, and whether all below it is there.
 */
final class Postings {
  /** Behind the last posting of a chain. */
  static final int END = -1;

  private static final int FIRST_CAPACITY = 8;
  private static final int COMPLETE = 1;
  private static final int PROVEN = 2;
  private static final int KIND_SHIFT = 2;
  private static final int CODEC_SHIFT = 4;
  private static final int TENANCY_SHIFT = 7;

  private int[] whose = new int[FIRST_CAPACITY];
  private int[] nexts = new int[FIRST_CAPACITY];
  private long[] sizes = new long[2 * FIRST_CAPACITY];
  private int firstFree = END;
  private int used;

  /** A new posting before {@code next}. */
  int add(int tenancy, int codec, Holding holding, int next) {
    int posting = firstFree;
    if (posting != END) {
      firstFree = nexts[posting];
    } else {
      if (used == whose.length) {
        int capacity = used + used / 2;
        whose = Arrays.copyOf(whose, capacity);
        nexts = Arrays.copyOf(nexts, capacity);
        sizes = Arrays.copyOf(sizes, 2 * capacity);
      }
      posting = used++;
    }
    nexts[posting] = next;
    whose[posting] = 0;
    set(posting, tenancy, codec, holding);
    return posting;
  }

  /** Changes everything but the place in the chain, and what was proven. */
  void set(int posting, int tenancy, int codec, Holding holding) {
    whose[posting] =
        tenancy << TENANCY_SHIFT
            | codec << CODEC_SHIFT
            | bits(holding.kind()) << KIND_SHIFT
            | (whose[posting] & PROVEN)
            | (holding.complete() ? COMPLETE : 0);
    sizes[2 * posting] = holding.size();
    sizes[2 * posting + 1] = holding.dagSize();
  }

  /** Gives a posting that no chain has any more to the next one. */
  void free(int posting) {
    nexts[posting] = firstFree;
    firstFree = posting;
  }

  int next(int posting) {
    return nexts[posting];
  }

  void setNext(int posting, int next) {
    nexts[posting] = next;
  }

  int tenancy(int posting) {
    return whose[posting] >>> TENANCY_SHIFT;
  }

  int codec(int posting) {
    return whose[posting] >>> CODEC_SHIFT & 7;
  }

  HoldingKind kind(int posting) {
    return switch (whose[posting] >>> KIND_SHIFT & 3) {
      case 0 -> HoldingKind.ROOT;
      case 1 -> HoldingKind.ENTRY;
      default -> HoldingKind.CACHED;
    };
  }

  private static int bits(HoldingKind kind) {
    return switch (kind) {
      case ROOT -> 0;
      case ENTRY -> 1;
      case CACHED -> 2;
    };
  }

  boolean complete(int posting) {
    return (whose[posting] & COMPLETE) != 0;
  }

  /** Whether its node has shown a block of it. */
  boolean proven(int posting) {
    return (whose[posting] & PROVEN) != 0;
  }

  void prove(int posting) {
    whose[posting] |= PROVEN;
  }

  long size(int posting) {
    return sizes[2 * posting];
  }

  long dagSize(int posting) {
    return sizes[2 * posting + 1];
  }
}
