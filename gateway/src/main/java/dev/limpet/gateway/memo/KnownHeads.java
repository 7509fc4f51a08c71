package dev.limpet.gateway.memo;

import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a kept answer, complete and not to be changed, so that a server puts nothing together
 * and compares no names when it gives the answer again.
 *
 * <p>There are two at most, because who may keep an answer depends on whether it took a credential
 * to get it. What else a head depends on is in the {@link MemoKey} of the answer, or the same for
 * all answers. For all threads; a race makes the same head twice.
 */
public final class KnownHeads {
  /** Objects of a line besides its letters: name and value, and its place in both heads. */
  static final int LINE_BYTES = 160;

  private final long bytes;
  private volatile @Nullable MultiMap open;
  private volatile @Nullable MultiMap guarded;

  /**
   * Keeps a copy.
   *
   * @param isOpen whether who got the answer first needed no credential
   * @param head what that caller is told, besides what depends on the connection
   * @param said the lines that its node said; what is in every head takes no room of its own
   */
  public KnownHeads(boolean isOpen, MultiMap head, MultiMap said) {
    keep(isOpen, head);
    long sum = 0;
    for (Map.Entry<String, String> line : said) {
      sum += LINE_BYTES + line.getKey().length() + line.getValue().length();
    }
    bytes = sum;
  }

  /** Memory that both heads take, about; their letters are there once. */
  long bytes() {
    return bytes;
  }

  private MultiMap keep(boolean isOpen, MultiMap head) {
    MultiMap kept = head.copy(false);
    if (isOpen) {
      open = kept;
    } else {
      guarded = kept;
    }
    return kept;
  }

  /**
   * The head for a caller.
   *
   * @param isOpen whether it needed no credential
   * @param change makes of a head for the others one for such callers
   * @return a map that cannot be changed
   */
  public MultiMap of(boolean isOpen, Consumer<MultiMap> change) {
    MultiMap known = isOpen ? open : guarded;
    if (known != null) {
      return known;
    }
    MultiMap other = isOpen ? guarded : open;
    if (other == null) {
      throw new IllegalStateException("there is one from the beginning");
    }
    MultiMap made = other.copy(true);
    change.accept(made);
    return keep(isOpen, made);
  }
}
