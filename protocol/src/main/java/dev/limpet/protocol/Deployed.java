package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a deploy.
 *
 * @param function CID of the manifest
 * @param module CID of the module
 * @param name the name that points at it now, or null
 * @param version the version of that name, or null
 */
@Json
public record Deployed(Cid function, Cid module, @Nullable String name, @Nullable Integer version) {
  /** Checks the parts. */
  public Deployed {
    Wire.present("function", function);
    Wire.present("module", module);
  }
}
