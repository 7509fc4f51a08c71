package dev.limpet.protocol;

import io.avaje.jsonb.Json;

/**
 * The answer to a call with {@code Prefer: respond-async}.
 *
 * @param execution the id of the call
 * @param location where to ask how far it is, as in {@code Location}
 * @param result where its answer will be
 * @param keptMs how long the answer is kept at most, from its end on
 * @param note what may lose it
 */
@Json
public record AcceptedCall(
    ExecutionId execution, String location, String result, long keptMs, String note) {
  /** Checks the parts. */
  public AcceptedCall {
    Wire.present("execution", execution);
    Wire.text("location", location);
    Wire.text("result", result);
    Wire.atLeast("keptMs", keptMs, 0);
    Wire.text("note", note);
  }
}
