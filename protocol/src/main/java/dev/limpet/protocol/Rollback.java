package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code POST /v1/names/{name}/rollback}.
 *
 * @param to the version whose function the new version points at; null for the one before the
 *     newest
 */
@Json
public record Rollback(@Nullable Integer to) {
  /** Checks the parts. */
  public Rollback {
    if (to != null) {
      Wire.atLeast("to", to, Names.FIRST_VERSION);
    }
  }
}
