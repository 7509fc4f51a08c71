package dev.limpet.gateway.placement;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Invocation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a call needs of a node.
 *
 * @param function CID of the manifest
 * @param memoryBytes the function's memory limit
 * @param data the roots that the caller named, each once; none for a call without data
 * @param maxFetchBytes how much may travel, between nodes or from outside
 * @param needs what else the function asks of a node
 * @param pick which nodes may have it; null: any
 * @param keeper {@link KnownNode#mark} of the node that is thought to keep the answer; 0: none
 */
public record Question(
    Cid function,
    long memoryBytes,
    List<Wanted> data,
    long maxFetchBytes,
    Needs needs,
    @Nullable Pick pick,
    int keeper) {
  /** What may travel for a call that says nothing about it (house rule: 64 MiB). */
  public static final long DEFAULT_MAX_FETCH_BYTES = 64L << 20;

  /** Keeps a copy, and checks that there are not too many. */
  public Question {
    if (data.size() > Invocation.MAX_INPUTS) {
      throw new IllegalArgumentException("at most " + Invocation.MAX_INPUTS + " roots");
    }
    data = List.copyOf(data);
  }

  /** A question about all nodes. */
  public Question(
      Cid function, long memoryBytes, List<Wanted> data, long maxFetchBytes, Needs needs) {
    this(function, memoryBytes, data, maxFetchBytes, needs, null, 0);
  }

  /**
   * A root that is wanted, or something below it.
   *
   * @param root what the caller named
   * @param bytes how much a node without it would have to fetch; -1 to take what was announced
   */
  public record Wanted(Cid root, long bytes) {
    /** All of a root. */
    public static Wanted whole(Cid root) {
      return new Wanted(root, -1);
    }
  }

  /**
   * Which nodes a caller picked.
   *
   * @param node name or key of one
   * @param only whether no other gets the call; else all others may
   */
  public record Pick(String node, boolean only) {
    private boolean names(KnownNode other) {
      return node.equals(other.name()) || node.equals(other.peerId().toString());
    }
  }

  /** The same, knowing how much lies below the paths. */
  public Question withData(List<Wanted> known) {
    return new Question(function, memoryBytes, known, maxFetchBytes, needs, pick, keeper);
  }

  /**
   * The same about all nodes but this, by name or key, and none of them before others because of an
   * answer that it keeps; null: about all.
   */
  public Question avoiding(@Nullable String node) {
    Pick others = node == null ? null : new Pick(node, false);
    return new Question(function, memoryBytes, data, maxFetchBytes, needs, others, 0);
  }

  /** Whether this node does not get the call. */
  public boolean avoids(KnownNode node) {
    return pick != null && pick.only != pick.names(node);
  }
}
