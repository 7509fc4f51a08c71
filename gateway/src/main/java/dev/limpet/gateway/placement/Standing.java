package dev.limpet.gateway.placement;

import java.util.Locale;

/** What people decided about a node; it outlives restarts, whether the node is here or not. */
enum Standing {
  /** Nobody has approved it yet. */
  PENDING,
  /** It may have calls. */
  APPROVED,
  /** It finishes what it has. */
  DRAINING,
  /** It was thrown out. */
  REVOKED;

  /** As it stands in the database. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Standing parse(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
