package dev.limpet.gateway.name;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names and what they point at. A version never changes and its number is never used again, also
 * when its name was removed and made anew. Readers answer from memory; what changes something
 * blocks, and is durable when it returns.
 */
public interface NameStore {
  /** Names that are kept; each takes a few hundred bytes of memory. */
  int MAX_NAMES_KEPT = 10_000;

  /** Versions of one name that are kept; the oldest is forgotten, never one that is in use. */
  int MAX_VERSIONS_KEPT = NameInfo.MAX_HISTORY;

  /** Whether a name comes with the product, so that nobody changes what it points at. */
  default boolean isBuiltIn(String name) {
    return false;
  }

  /**
   * Refuses a name that comes with the product.
   *
   * @throws LimpetException {@code bad-name}
   */
  default void requireMade(String name) {}

  /** A name with its history, newest version first; null when there is none of that name. */
  @Nullable NameInfo find(String name);

  /** What a name points at: at its newest version, or at the given one; null when unknown. */
  @Nullable Cid resolve(String name, @Nullable Integer version);

  /**
   * Names in their order.
   *
   * @param after names after this one; null from the beginning
   */
  List<NameInfo> list(@Nullable String after, int limit);

  /** Names whose newest version points at {@code function}. */
  List<String> namesOf(Cid function);

  /**
   * Points a name at a function: a new version, or the present one when that is what it points at
   * already, so that asking twice is the same as once.
   *
   * @param expected the version that must be the newest one now; null: whatever it is
   * @throws LimpetException {@code version-conflict}, or {@code quota-exceeded} for too many names
   */
  NameInfo point(String name, Cid function, @Nullable Integer expected);

  /**
   * Makes a new version that points at what an older one points at.
   *
   * @param to that version; null for the one before the newest
   * @throws LimpetException {@code name-not-found} or {@code version-conflict}
   */
  NameInfo rollback(String name, @Nullable Integer to, @Nullable Integer expected);

  /**
   * Removes a name.
   *
   * @throws LimpetException {@code name-not-found} or {@code version-conflict}
   */
  void remove(String name, @Nullable Integer expected);
}
