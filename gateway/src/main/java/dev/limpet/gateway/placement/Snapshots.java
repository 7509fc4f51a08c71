package dev.limpet.gateway.placement;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * The pages of snapshots that are coming in, of all nodes, within one bound. A page that finds no
 * room is refused and said again later. The snapshot that began first always finds room, so that
 * one ends whatever the others hold; it is bounded by {@link Announcements#MAX_SNAPSHOT}.
 */
final class Snapshots {
  /** Holdings of all snapshots together but the first, at some 200 bytes each. */
  static final int MAX_HOLDINGS_ON_THE_WAY = 400_000;

  /** The first is over in less, unless its node is as good as away. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int most;
  private final SequencedMap<Session, List<Holding>> open = new LinkedHashMap<>();
  private int held;

  Snapshots() {
    this(MAX_HOLDINGS_ON_THE_WAY);
  }

  Snapshots(int most) {
    this.most = most;
  }

  /** Holdings of a session's snapshot that have come. */
  synchronized int size(Session session) {
    return open.getOrDefault(session, List.of()).size();
  }

  /**
   * Keeps a page. One without holdings takes neither room nor turn, so that a node of which nothing
   * is kept is never the first.
   *
   * @throws LimpetException {@code overloaded} when there is no room now
   */
  synchronized void add(Session session, List<Holding> page) {
    if (page.isEmpty()) {
      return;
    }
    boolean first = open.isEmpty() || open.firstEntry().getKey() == session;
    if (!first && held + page.size() > most) {
      throw new LimpetException(
          Problem.of(
                  ErrorCode.OVERLOADED,
                  "so many nodes are announcing what they have that this page must wait")
              .withRetryAfter(RETRY_AFTER));
    }
    open.computeIfAbsent(session, _ -> new ArrayList<>()).addAll(page);
    held += page.size();
  }

  /** The last page is here: all of them. */
  synchronized List<Holding> end(Session session) {
    List<Holding> pages = open.remove(session);
    if (pages == null) {
      return List.of();
    }
    held -= pages.size();
    return pages;
  }

  /** What came is of no use any more. */
  void drop(Session session) {
    end(session);
  }
}
