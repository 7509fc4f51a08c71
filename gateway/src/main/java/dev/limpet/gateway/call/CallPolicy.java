package dev.limpet.gateway.call;

import java.time.Duration;

/**
 * What the operator allows to callers.
 *
 * @param maxCalls calls at once; one more is {@code overloaded}
 * @param maxReads answers of {@code /ipfs} at once; one more is {@code overloaded}
 * @param maxTime for one call from its head to the last byte of its answer; {@code Limpet-Timeout}
 *     lowers it
 * @param connectTimeout for making a connection to a node
 * @param immutable whether answers by CID may be kept without ever asking again
 * @param ownContentHost whether answers of functions come from a host that serves nothing else
 * @param shares calls at once of one caller, and of one function
 * @param hedging whether a call of a pure function goes to a second node when the first is slow
 */
public record CallPolicy(
    int maxCalls,
    int maxReads,
    Duration maxTime,
    Duration connectTimeout,
    boolean immutable,
    boolean ownContentHost,
    Shares shares,
    boolean hedging) {

  /**
   * Calls at once of one caller, and of one function.
   *
   * @param caller of one address, or one network of IPv6; 0 means three of four calls
   * @param function of one function; 0 means three of four calls
   */
  public record Shares(int caller, int function) {
    /** What holds when nothing is configured. */
    public static final Shares STANDARD = new Shares(0, 0);
  }

  private static final int PARTS = 4;

  /** Calls at once; each may hold 64 KiB of its body and one connection to a node. */
  public static final int DEFAULT_CALLS = 256;

  /** Answers of {@code /ipfs} at once; each holds one connection and about 100 KiB of buffers. */
  public static final int DEFAULT_READS = 128;

  /** Above what functions of the profile may run, with room for a queue, a compile and a fetch. */
  public static final Duration DEFAULT_TIME = Duration.ofSeconds(60);

  /** Nodes are near; one that does not answer in this time is better passed over. */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /** What holds when nothing is configured. */
  public static final CallPolicy STANDARD =
      new CallPolicy(
          DEFAULT_CALLS,
          DEFAULT_READS,
          DEFAULT_TIME,
          DEFAULT_CONNECT_TIMEOUT,
          false,
          false,
          Shares.STANDARD,
          false);

  /** The same with another bound on calls. */
  public CallPolicy withMaxCalls(int calls) {
    return new CallPolicy(
        calls, maxReads, maxTime, connectTimeout, immutable, ownContentHost, shares, hedging);
  }

  /** The same with another word for caches. */
  public CallPolicy withImmutable(boolean forever) {
    return new CallPolicy(
        maxCalls, maxReads, maxTime, connectTimeout, forever, ownContentHost, shares, hedging);
  }

  /** The same with other parts of one caller and one function. */
  public CallPolicy withShares(Shares other) {
    return new CallPolicy(
        maxCalls, maxReads, maxTime, connectTimeout, immutable, ownContentHost, other, hedging);
  }

  /** The same with or without second nodes for slow calls. */
  public CallPolicy withHedging(boolean on) {
    return new CallPolicy(
        maxCalls, maxReads, maxTime, connectTimeout, immutable, ownContentHost, shares, on);
  }

  /** Calls of one caller at once. */
  int maxCallerCalls() {
    return shareOf(shares.caller);
  }

  /** Calls of one function at once. */
  int maxFunctionCalls() {
    return shareOf(shares.function);
  }

  private int shareOf(int wanted) {
    return wanted == 0 ? Math.ceilDiv(maxCalls * (PARTS - 1), PARTS) : wanted;
  }
}
