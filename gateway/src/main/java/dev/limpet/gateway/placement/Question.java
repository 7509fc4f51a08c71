package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import org.jspecify.annotations.Nullable;

/**
 * What a call needs of a node.
 *
 * @param function CID of the manifest
 * @param memoryBytes the function's memory limit
 * @param data the root that the caller named, or null for a call without data
 * @param bytesToMove how much a node without the data would have to fetch; -1 to take what was
 *     announced of the root
 * @param maxFetchBytes how much may travel between nodes
 */
public record Question(
    Cid function, long memoryBytes, @Nullable Cid data, long bytesToMove, long maxFetchBytes) {
  /** What may travel for a call that says nothing about it (house rule: 64 MiB). */
  public static final long DEFAULT_MAX_FETCH_BYTES = 64L << 20;

  /** The same, knowing how much lies below the path. */
  public Question withBytesToMove(long bytes) {
    return new Question(function, memoryBytes, data, bytes, maxFetchBytes);
  }
}
