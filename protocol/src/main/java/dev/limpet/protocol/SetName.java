package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;

/**
 * The body of {@code PUT /v1/names/{name}}.
 *
 * @param function CID of the manifest that the name shall point at
 */
@Json
public record SetName(Cid function) {
  /** Checks the parts. */
  public SetName {
    Wire.present("function", function);
  }
}
