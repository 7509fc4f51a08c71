package dev.limpet.gateway.http;

import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.RequestTarget;
import org.jspecify.annotations.Nullable;

/**
 * What request targets mean, as long as they are asked for again and again: reading one takes
 * longer than finding it. A target means the same whoever asks for it, so that one caller's is
 * another's, too.
 *
 * <p>For all event loops, without locks: what is kept never changes, and a race keeps one of two
 * that are right. A target takes the place of another one with the same hash, so that a caller who
 * finds many of these has the others read anew, no more.
 */
final class KnownTargets {
  /** Targets that are kept; a power of two. */
  static final int MAX_KNOWN_TARGETS = 256;

  /** A longer one is read each time. */
  static final int MAX_KNOWN_TARGET_CHARS = 512;

  private final @Nullable Known[] known = new Known[MAX_KNOWN_TARGETS];

  private record Known(String raw, RequestTarget target) {}

  /**
   * What a target means.
   *
   * @param raw as {@link Paths#parse} takes it
   * @throws LimpetException as {@link Paths#parse}; such a target is not kept
   */
  RequestTarget read(String raw) {
    if (raw.length() > MAX_KNOWN_TARGET_CHARS) {
      return Paths.parse(raw);
    }
    int hash = raw.hashCode();
    int place = (hash ^ hash >>> 16) & (MAX_KNOWN_TARGETS - 1);
    Known found = known[place];
    if (found != null && found.raw.equals(raw)) {
      return found.target;
    }
    RequestTarget target = Paths.parse(raw);
    known[place] = new Known(raw, target);
    return target;
  }
}
