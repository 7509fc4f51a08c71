package dev.limpet.node.log;

import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LogItem;
import dev.limpet.wasmhost.GuestLog;
import org.jspecify.annotations.Nullable;

/** Port: where the logs of Executions that have ended go. */
public interface LogKeeper {
  /** Keeps none. */
  LogKeeper NONE =
      new LogKeeper() {
        @Override
        public void keep(LogItem item, GuestLog log) {}

        @Override
        public @Nullable LogRecord find(ExecutionId execution) {
          return null;
        }
      };

  /**
   * Keeps the log of an Execution that has ended, when there is room; does not wait for the disk.
   *
   * @param item what is known of it; text and sequence are left out
   */
  void keep(LogItem item, GuestLog log);

  /**
   * The log of an Execution, or null when none is kept.
   *
   * @throws java.io.UncheckedIOException when the disk fails
   */
  @Nullable LogRecord find(ExecutionId execution);
}
