package dev.limpet.wasmhost;

import dev.limpet.wasmgate.Refusal;
import java.util.List;
import java.util.stream.Collectors;

/** A module that must not or cannot run. */
public final class GateRefusedException extends RuntimeException {

  private final transient List<Refusal> refusals;

  GateRefusedException(List<Refusal> refusals) {
    super(refusals.stream().map(Refusal::toString).collect(Collectors.joining("; ")));
    this.refusals = List.copyOf(refusals);
  }

  /** Why, at least one. */
  public List<Refusal> refusals() {
    return refusals;
  }
}
