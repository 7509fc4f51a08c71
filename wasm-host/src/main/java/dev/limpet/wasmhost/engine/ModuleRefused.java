package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.Refusal;

/** A module that the gate admits and the engine still cannot run. */
public final class ModuleRefused extends RuntimeException {

  private final transient Refusal refusal;

  ModuleRefused(String rule, String detail, String advice) {
    this(new Refusal(rule, detail, advice));
  }

  /** Refuses for that reason. */
  public ModuleRefused(Refusal refusal) {
    super(refusal.detail());
    this.refusal = refusal;
  }

  /** What is wrong and what to change. */
  public Refusal refusal() {
    return refusal;
  }
}
