package dev.limpet.wasmhost;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What an Execution used.
 *
 * @param fuel ticks; the same for equal Tasks that ran to their end
 * @param peakMemoryBytes of linear memory
 * @param outputBytes written to the output
 * @param log standard error
 * @param times wall times, never part of a Task's answer
 * @param memoryHash SHA-256 of linear memory at the end, in hexadecimal digits, the same for equal
 *     Tasks; null when it was not asked for, and where the guest's end was not its own
 */
public record Usage(
    long fuel,
    long peakMemoryBytes,
    long outputBytes,
    GuestLog log,
    Times times,
    @Nullable String memoryHash) {

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
