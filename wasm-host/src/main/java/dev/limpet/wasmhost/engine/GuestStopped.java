package dev.limpet.wasmhost.engine;

/**
 * Unwinds the guest. Thrown by metering and by host functions; guests cannot catch it, because the
 * gate refuses the exception handling of wasm. Carries no stack trace: it is an answer, not a
 * fault.
 */
public final class GuestStopped extends RuntimeException {

  private final transient StopReason reason;

  /** Ends the guest for that reason. */
  public GuestStopped(StopReason reason) {
    super(reason.toString(), null, false, false);
    this.reason = reason;
  }

  /** Why. */
  public StopReason reason() {
    return reason;
  }
}
