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
 */
public record CallPolicy(
    int maxCalls,
    int maxReads,
    Duration maxTime,
    Duration connectTimeout,
    boolean immutable,
    boolean ownContentHost) {

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
          DEFAULT_CALLS, DEFAULT_READS, DEFAULT_TIME, DEFAULT_CONNECT_TIMEOUT, false, false);

  /** The same with another bound on calls. */
  public CallPolicy withMaxCalls(int calls) {
    return new CallPolicy(calls, maxReads, maxTime, connectTimeout, immutable, ownContentHost);
  }

  /** The same with another word for caches. */
  public CallPolicy withImmutable(boolean forever) {
    return new CallPolicy(maxCalls, maxReads, maxTime, connectTimeout, forever, ownContentHost);
  }
}
