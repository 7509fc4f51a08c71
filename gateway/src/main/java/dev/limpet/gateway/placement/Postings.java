package dev.limpet.gateway.placement;

import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.util.Arrays;

/**
 * The holders of digests, as chains in arrays: 24 bytes for each holding instead of three objects.
 * Not safe for use by several threads.
 *
 * <p>A posting says whose it is by the number of a {@link Tenancy}, and by bits beside it how the
 * block is read, why it is held, whether all below it is there, and whether that was shown.
 */
final class Postings {
  /** Behind the last posting of a chain. */
  static final int END = -1;

  private static final int FIRST_CAPACITY = 8;
  private static final int LONGS = 3;
  private static final int SIZE = 1;
  private static final int DAG_SIZE = 2;
  private static final int COMPLETE = 1;
  private static final int KIND_SHIFT = 1;
  private static final int CODEC_SHIFT = 3;
  private static final int PROOF_SHIFT = 6;
  private static final int TENANCY_SHIFT = 8;

  /** Of each posting its next and its bits in one, then its two sizes: one place for all. */
  private long[] records = new long[LONGS * FIRST_CAPACITY];

  private int firstFree = END;
  private int used;

  /** A new posting before {@code next}, of which nothing is shown. */
  int add(int tenancy, int codec, Holding holding, int next) {
    int posting = firstFree;
    if (posting != END) {
      firstFree = next(posting);
    } else {
      if (LONGS * used == records.length) {
        records = Arrays.copyOf(records, LONGS * (used + used / 2));
      }
      posting = used++;
    }
    records[LONGS * posting] = (long) next << Integer.SIZE;
    set(posting, tenancy, codec, holding, Proof.CLAIMED);
    return posting;
  }

  /** Changes everything but the place in the chain. */
  void set(int posting, int tenancy, int codec, Holding holding, Proof proof) {
    int bits =
        tenancy << TENANCY_SHIFT
            | bits(proof) << PROOF_SHIFT
            | codec << CODEC_SHIFT
            | bits(holding.kind()) << KIND_SHIFT
            | (holding.complete() ? COMPLETE : 0);
    setBits(posting, bits);
    records[LONGS * posting + SIZE] = holding.size();
    records[LONGS * posting + DAG_SIZE] = holding.dagSize();
  }

  /** Changes whether it was shown, and nothing else. */
  void prove(int posting, Proof proof) {
    setBits(posting, (bits(posting) & ~(3 << PROOF_SHIFT)) | bits(proof) << PROOF_SHIFT);
  }

  private int bits(int posting) {
    return (int) records[LONGS * posting];
  }

  private void setBits(int posting, int bits) {
    int at = LONGS * posting;
    records[at] = (records[at] & ~0xffffffffL) | (bits & 0xffffffffL);
  }

  /** Gives a posting that no chain has any more to the next one. */
  void free(int posting) {
    setNext(posting, firstFree);
    firstFree = posting;
  }

  int next(int posting) {
    return (int) (records[LONGS * posting] >> Integer.SIZE);
  }

  void setNext(int posting, int next) {
    int at = LONGS * posting;
    records[at] = (records[at] & 0xffffffffL) | (long) next << Integer.SIZE;
  }

  int tenancy(int posting) {
    return bits(posting) >>> TENANCY_SHIFT;
  }

  int codec(int posting) {
    return bits(posting) >>> CODEC_SHIFT & 7;
  }

  HoldingKind kind(int posting) {
    return switch (bits(posting) >>> KIND_SHIFT & 3) {
      case 0 -> HoldingKind.ROOT;
      case 1 -> HoldingKind.ENTRY;
      case 2 -> HoldingKind.CACHED;
      default -> HoldingKind.COPIED;
    };
  }

  private static int bits(HoldingKind kind) {
    return switch (kind) {
      case ROOT -> 0;
      case ENTRY -> 1;
      case CACHED -> 2;
      case COPIED -> 3;
    };
  }

  Proof proof(int posting) {
    return switch (bits(posting) >>> PROOF_SHIFT & 3) {
      case 0 -> Proof.CLAIMED;
      case 1 -> Proof.SHOWN;
      default -> Proof.FAILED;
    };
  }

  private static int bits(Proof proof) {
    return switch (proof) {
      case CLAIMED -> 0;
      case SHOWN -> 1;
      case FAILED -> 2;
    };
  }

  boolean complete(int posting) {
    return (bits(posting) & COMPLETE) != 0;
  }

  long size(int posting) {
    return records[LONGS * posting + SIZE];
  }

  long dagSize(int posting) {
    return records[LONGS * posting + DAG_SIZE];
  }
}
