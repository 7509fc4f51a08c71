package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.time.Instant;

/**
 * One version of a name; versions never change.
 *
 * @param version from 1
 * @param function CID of the manifest that it points at
 * @param at when it was made
 */
@Json
public record NameVersion(int version, Cid function, Instant at) {
  /** Checks the parts. */
  public NameVersion {
    Wire.atLeast("version", version, Names.FIRST_VERSION);
    Wire.present("function", function);
    Wire.present("at", at);
  }
}
