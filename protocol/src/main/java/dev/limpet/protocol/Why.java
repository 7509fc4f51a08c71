package dev.limpet.protocol;

import dev.limpet.content.cid.Cid;
import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a call would run and why: {@code GET /v1/why}.
 *
 * @param function CID of the manifest
 * @param data the first input as it was named, or null
 * @param inputs all of them
 * @param chosen the node that would get the call, or null when none can
 * @param candidates every node that was considered, best first
 * @param refused code of the error that the call would be refused with, or null
 * @param keeper the node that is thought to keep the answer of the call, or null
 */
@Json
public record Why(
    Cid function,
    @Nullable String data,
    List<String> inputs,
    @Nullable String chosen,
    List<Candidate> candidates,
    @Nullable String refused,
    @Nullable String keeper) {
  /** Nodes that one answer lists. */
  public static final int MAX_CANDIDATES = 1000;

  /** Checks the parts. */
  public Why {
    Wire.present("function", function);
    inputs = Wire.list("inputs", inputs, Invocation.MAX_INPUTS);
    candidates = Wire.list("candidates", candidates, MAX_CANDIDATES);
  }
}
