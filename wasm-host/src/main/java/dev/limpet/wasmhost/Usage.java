package dev.limpet.wasmhost;

import java.time.Duration;

/**
 * What an Execution used.
 *
 * @param fuel ticks; the same for equal Tasks that ran to their end
 * @param peakMemoryBytes of linear memory
 * @param outputBytes written to the output
 * @param log standard error
 * @param times wall times, never part of a Task's answer
 */
public record Usage(long fuel, long peakMemoryBytes, long outputBytes, GuestLog log, Times times) {

  /**
   * Wall times of one Execution.
   *
   * @param queued until it had a thread and memory
   * @param loaded until the guest's first instruction
   * @param ran from there to the end
   */
  public record Times(Duration queued, Duration loaded, Duration ran) {
    /** All that was done for it, once it was its turn. */
    Duration computed() {
      return loaded.plus(ran);
    }
  }
}
