package dev.limpet.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * What a set of holdings comes to, so that a node and its gateway can tell whether they know the
 * same: how many there are, and the sum (of 64 bits, without carry) of a number for each. So it is
 * kept up to date one holding at a time, in whatever order they come.
 *
 * <p>The number of a holding is FNV-1a of 64 bits over the bytes of its CID as version 1, {@code
 * size} and {@code dagSize} as 8 bytes each, most significant first, one byte that is 1 when it is
 * complete, and its kind in ASCII. It finds mistakes, not lies: a node that lies about what it has
 * need not lie about this.
 *
 * @param count how many holdings
 * @param sum of their numbers
 */
public record HoldingsDigest(long count, long sum) {
  /** Of nothing. */
  public static final HoldingsDigest EMPTY = new HoldingsDigest(0, 0);

  /** Longest text of a digest that is read; ours have at most 36 characters. */
  public static final int MAX_DIGEST_CHARS = 64;

  private static final long FNV_BASIS = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  /** With one holding more. */
  public HoldingsDigest with(Holding holding) {
    return new HoldingsDigest(count + 1, sum + number(holding));
  }

  /** With one holding less that was in it. */
  public HoldingsDigest without(Holding holding) {
    return new HoldingsDigest(count - 1, sum - number(holding));
  }

  private static long number(Holding holding) {
    long hash = hash(FNV_BASIS, holding.cid().toV1().toBytes());
    ByteBuffer sizes = ByteBuffer.allocate(2 * Long.BYTES + 1);
    sizes.putLong(holding.size()).putLong(holding.dagSize());
    sizes.put((byte) (holding.complete() ? 1 : 0));
    return hash(
        hash(hash, sizes.array()), holding.kind().text().getBytes(StandardCharsets.US_ASCII));
  }

  private static long hash(long start, byte[] bytes) {
    long hash = start;
    for (byte b : bytes) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return hash;
  }

  /** As announcements carry it: count, a colon, and 16 hexadecimal digits. */
  @Override
  public String toString() {
    return count + ":" + HexFormat.of().toHexDigits(sum);
  }
}
