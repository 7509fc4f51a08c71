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
 * @param waitMs about how long it would wait for a place at the chosen node; null when it would not
 * @param limit name of the limit of the gateway that would refuse the call, or null
 * @param limits what bounds the calls that the gateway lets in, in the order in which it looks
 */
@Json
public record Why(
    Cid function,
    @Nullable String data,
    List<String> inputs,
    @Nullable String chosen,
    List<Candidate> candidates,
    @Nullable String refused,
    @Nullable String keeper,
    @Nullable Double waitMs,
    @Nullable String limit,
    List<Limit> limits) {
  /** Nodes that one answer lists. */
  public static final int MAX_CANDIDATES = 1000;

  /** Limits that one answer lists. */
  public static final int MAX_LISTED_LIMITS = 16;

  /**
   * How many calls there may be at once at the gateway, of somebody or something, and how many
   * there are.
   *
   * @param name of the setting
   * @param calls that it has now
   * @param most of them; with so many the next one is refused
   */
  @Json
  public record Limit(String name, int calls, int most) {
    /** Checks the parts. */
    public Limit {
      Wire.text("name", name);
      Wire.atLeast("calls", calls, 0);
      Wire.atLeast("most", most, 1);
    }

    /** Whether one more call is refused. */
    public boolean isReached() {
      return calls >= most;
    }
  }

  /** Checks the parts. */
  public Why {
    Wire.present("function", function);
    inputs = Wire.list("inputs", inputs, Invocation.MAX_INPUTS);
    candidates = Wire.list("candidates", candidates, MAX_CANDIDATES);
    limits = Wire.list("limits", limits, MAX_LISTED_LIMITS);
  }
}
