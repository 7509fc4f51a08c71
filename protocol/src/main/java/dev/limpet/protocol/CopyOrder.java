package dev.limpet.protocol;

import io.avaje.jsonb.Json;
import java.util.List;

/**
 * What a gateway asks of a node: to fetch a DAG ahead of the calls that will need it.
 *
 * @param maxBytes how much may travel, at least 1
 * @param timeoutMs how long it may take, at least 1
 * @param sources who has it; their {@code input} is 0
 */
@Json
public record CopyOrder(long maxBytes, int timeoutMs, List<Invocation.Source> sources) {
  /** Largest document that a node reads. */
  public static final int MAX_JSON_BYTES = 64 << 10;

  /** Checks the parts. */
  public CopyOrder {
    Wire.atLeast("maxBytes", maxBytes, 1);
    Wire.atLeast("timeoutMs", timeoutMs, 1);
    sources = Wire.list("sources", sources, Invocation.MAX_SOURCES);
    if (sources.isEmpty()) {
      throw new IllegalArgumentException("sources must name at least one node");
    }
  }
}
