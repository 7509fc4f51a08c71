package dev.limpet.gateway.placement;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.limpet.content.cid.Cid;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes have still to show, and what follows when they do or do not. It knows no transport.
 *
 * <p>The rules. Nothing that a node announced counts before the node gave a random block of it and
 * those above. Wrong bytes are a lie: the root does not count until it is announced again. A block
 * that is not there may be one that was dropped a moment ago, so the node is asked once more when
 * it was heard of twice since and has not taken its word back, and only then it is the same. A node
 * that does not answer has shown nothing and is left alone for {@link #MAX_SILENCE}, or until its
 * certificate is believed when that was why, or until it joins anew; that is held against nobody.
 * Who fails for too many roots is not believed at all ({@link Credit}). What failed is asked for
 * again when it is no longer held against the node: it may have been mended meanwhile.
 */
public final class Proofs {
  /** Roots that were missing once, and are asked for again; some 150 bytes each. */
  static final int MAX_MISSED = 10_000;

  /** The first may have been on its way already; a second one says what the node lost before. */
  private static final int ANNOUNCEMENTS_BETWEEN = 2;

  /** How long it is remembered that something was missing once. */
  static final Duration MAX_MISSED_AGE = Duration.ofMinutes(5);

  /** Until a node that did not answer is asked again. */
  static final Duration MAX_SILENCE = Duration.ofSeconds(1);

  private static final System.Logger LOG = System.getLogger(Proofs.class.getName());

  private final HolderIndex index;
  private final Time time;
  private final Cache<Claim, Integer> missed;

  /** By the process that was asked; with whether that was for its certificate. */
  private final Cache<NodeLink, Boolean> silent;

  private final Cache<Claim, Proof> failed;

  /**
   * What a node says that it has.
   *
   * @param node who
   * @param cid the root
   * @param whole whether it says that all below is there, too
   */
  public record Claim(KnownNode node, Cid cid, boolean whole) {}

  /** What came of asking for a random block. */
  public enum Finding {
    /** Every block of the way was given. */
    SHOWN,
    /** The node said that it does not have a block. */
    MISSING,
    /** What it gave is not what the CID names. */
    WRONG,
    /** It said nothing, or that it cannot now. */
    UNANSWERED
  }

  /** Of these holdings; nobody has shown anything more than they say. */
  public Proofs(HolderIndex index, Time time) {
    this.index = index;
    this.time = time;
    this.missed = remembering(MAX_MISSED, MAX_MISSED_AGE, time);
    this.failed = remembering(MAX_MISSED, Credit.MAX_DISTRUST, time);
    this.silent = remembering(NodeRegistry.MAX_NODES, MAX_SILENCE, time);
  }

  private static <K, V> Cache<K, V> remembering(int most, Duration age, Time time) {
    return Caffeine.newBuilder()
        .maximumSize(most)
        .ticker(time::ticks)
        .expireAfterWrite(age)
        .executor(Runnable::run)
        .build();
  }

  /**
   * Who says that it has a root, is here, and has still to show it; at most as many as a call may
   * go to.
   */
  public List<Claim> open(Cid root) {
    List<Claim> open = new ArrayList<>();
    for (Holder holder : index.announced(root)) {
      if (holder.proof() != Proof.SHOWN && open.size() < Placement.MAX_CHOICES) {
        Claim claim = new Claim(holder.node(), root.toV1(), holder.complete());
        boolean again = !holder.hasFailed() || failed.getIfPresent(claim) == null;
        if (again && mayAsk(claim)) {
          open.add(claim);
        }
      }
    }
    return open;
  }

  /** Whether it is time to ask the node. */
  public boolean mayAsk(Claim claim) {
    KnownNode node = claim.node;
    Integer at = missed.getIfPresent(claim);
    return node.servesData()
        && node.credit().isGood()
        && !isSilent(node)
        && (at == null || node.announcements() - at >= ANNOUNCEMENTS_BETWEEN);
  }

  private boolean isSilent(KnownNode node) {
    NodeLink link = node.link();
    Boolean refused = link == null ? null : silent.getIfPresent(link);
    return refused != null && (!refused || node.unbelieved() != null);
  }

  /** A node was asked. */
  public void found(Claim claim, Finding finding) {
    switch (finding) {
      case SHOWN -> {
        missed.invalidate(claim);
        index.prove(claim.node, claim.cid, Proof.SHOWN);
      }
      case MISSING -> {
        if (missed.getIfPresent(claim) == null) {
          missed.put(claim, claim.node.announcements());
        } else {
          missed.invalidate(claim);
          fails(claim, "does not have");
        }
      }
      case WRONG -> fails(claim, "gave wrong bytes for");
      case UNANSWERED -> silent(claim.node);
    }
  }

  private void silent(KnownNode node) {
    NodeLink link = node.link();
    if (link != null) {
      silent.put(link, node.unbelieved() != null);
    }
  }

  private void fails(Claim claim, String how) {
    KnownNode node = claim.node;
    failed.put(claim, Proof.FAILED);
    index.prove(node, claim.cid, Proof.FAILED);
    LOG.log(Level.WARNING, "node {0} announced {1} and {2} it", node.name(), claim.cid, how);
    if (node.credit().fails(time.ticks())) {
      LOG.log(
          Level.WARNING,
          "node {0} could not show {1} roots; nothing that it announces counts for {2} minutes,"
              + " or until: limpet nodes approve {0}",
          node.name(),
          Credit.MAX_FAILED_PROOFS,
          Credit.MAX_DISTRUST.toMinutes());
    }
  }
}
