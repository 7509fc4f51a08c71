package dev.limpet.wasmhost;

import dev.limpet.wasmhost.wasi.LogBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the log of an Execution while it runs. Belongs to one Execution; any thread may look.
 */
public final class LiveLog {
  private volatile @Nullable LogBuffer buffer;

  /** The guest begins; what it writes goes there. */
  void begin(LogBuffer log) {
    buffer = log;
  }

  /** Whether a guest ran, or runs. */
  public boolean hasBegun() {
    return buffer != null;
  }

  /** What was written until now. */
  public GuestLog now() {
    LogBuffer log = buffer;
    return log == null ? GuestLog.EMPTY : GuestLog.of(log);
  }
}
