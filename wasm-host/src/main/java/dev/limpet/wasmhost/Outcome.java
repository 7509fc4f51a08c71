package dev.limpet.wasmhost;

/** How an Execution ended. */
public sealed interface Outcome {

  /** Whether equal Tasks end so each time, wherever they run: nobody else had a part in it. */
  default boolean isGuests() {
    return switch (this) {
      case Completed _, Trapped _, OutOfFuel _, OverMemory _, OverOutput _ -> true;
      case OutOfTime _,
          Cancelled _,
          NoNodeMemory _,
          DataUnavailable _,
          OutputFailed _,
          InputFailed _,
          HostFailed _ ->
          false;
    };
  }

  /**
   * The guest ended by itself.
   *
   * @param exitCode as the guest gave it, unsigned 32 bits as WASI has it; 0 is success
   */
  record Completed(int exitCode) implements Outcome {}

  /**
   * The engine stopped the guest.
   *
   * @param reason a few words, the same on every run
   */
  record Trapped(String reason) implements Outcome {}

  /** The guest used up its fuel. */
  record OutOfFuel() implements Outcome {}

  /** The wall time was over, in the queue or while the guest ran. */
  record OutOfTime() implements Outcome {}

  /** Someone cancelled it, or the sandbox was closed. */
  record Cancelled() implements Outcome {}

  /** The guest's own memory limit denied it a growth, and then it failed. */
  record OverMemory() implements Outcome {}

  /** The guest wrote more than its limit on standard output. */
  record OverOutput() implements Outcome {}

  /**
   * The node had no memory for the guest, whose own limit would have allowed it.
   *
   * @param atStart true: the guest never ran
   */
  record NoNodeMemory(boolean atStart) implements Outcome {}

  /**
   * Data could not be read.
   *
   * @param detail a sentence that says what is missing
   */
  record DataUnavailable(String detail) implements Outcome {}

  /**
   * The caller's stream failed while the guest wrote its output.
   *
   * @param cause what the stream threw
   */
  record OutputFailed(Throwable cause) implements Outcome {}

  /**
   * The caller's stream failed while the guest read its input.
   *
   * @param cause what the stream threw
   */
  record InputFailed(Throwable cause) implements Outcome {}

  /**
   * A bug of ours, or the JVM ran out of something. The guest is gone, nothing is kept.
   *
   * @param cause what was thrown
   */
  record HostFailed(Throwable cause) implements Outcome {}
}
