package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * The body of {@code PUT /v1/names/{name}}.
 *
 * @param function what the name shall point at, as a {@link FunctionRef}: a CID, a name, or {@code
 *     name@version}
 */
@Json
public record SetName(String function) {
  /** Checks the parts. */
  public SetName {
    Wire.text("function", function);
  }
}
