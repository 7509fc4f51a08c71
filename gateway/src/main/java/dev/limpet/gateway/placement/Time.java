package dev.limpet.gateway.placement;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The two clocks that matter here.
 *
 * @param wall what is shown to people
 * @param nanos what intervals are measured with; never jumps, as {@link System#nanoTime}
 */
public record Time(InstantSource wall, LongSupplier nanos) {
  /** The clocks of this machine. */
  public static final Time SYSTEM = new Time(InstantSource.system(), System::nanoTime);

  Instant now() {
    return wall.instant();
  }

  long ticks() {
    return nanos.getAsLong();
  }
}
