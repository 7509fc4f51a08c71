package dev.limpet.wasmhost;

import java.util.Objects;

/** How an Execution ended and what it used. */
public record ExecutionResult(Outcome outcome, Usage usage) {

  /** Checks that both are there. */
  public ExecutionResult {
    Objects.requireNonNull(outcome);
    Objects.requireNonNull(usage);
  }
}
