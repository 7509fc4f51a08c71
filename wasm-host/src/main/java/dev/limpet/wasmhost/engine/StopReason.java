package dev.limpet.wasmhost.engine;

/** Why a guest was ended by its host, or by its own exit. */
public sealed interface StopReason {

  /**
   * The guest called {@code proc_exit}.
   *
   * @param code as given
   */
  record Exit(int code) implements StopReason {}

  /** No fuel is left. */
  record OutOfFuel() implements StopReason {}

  /** Calls inside each other went deeper than the limit. */
  record TooDeep() implements StopReason {}

  /** The wall time is over. */
  record OutOfTime() implements StopReason {}

  /** Somebody cancelled the Execution. */
  record Cancelled() implements StopReason {}

  /** The node had no memory for a growth that the guest's own limit allows. */
  record NoNodeMemory() implements StopReason {}

  /** More output than the limit. */
  record OverOutput() implements StopReason {}

  /**
   * Data could not be read.
   *
   * @param detail a sentence
   */
  record DataUnavailable(String detail) implements StopReason {}

  /**
   * The stream for the output failed.
   *
   * @param cause what it threw
   */
  record OutputFailed(Throwable cause) implements StopReason {}

  /**
   * The stream for the input failed.
   *
   * @param cause what it threw
   */
  record InputFailed(Throwable cause) implements StopReason {}
}
