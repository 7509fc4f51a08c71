package dev.limpet.wasmhost.engine;

/** The guest did what wasm forbids: the engine stopped it. */
public final class GuestTrap extends RuntimeException {

  /**
   * Says which rule it broke.
   *
   * @param reason a few words, the same on every run
   */
  public GuestTrap(String reason) {
    super(reason, null, false, false);
  }

  /** A few words, the same on every run. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
