package dev.limpet.node.store;

import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Deque;

/** Closes what was opened already when opening the next part fails. */
final class Opening {
  private static final System.Logger LOG = System.getLogger(Opening.class.getName());

  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  <T extends AutoCloseable> T opened(T part) {
    open.push(part);
    return part;
  }

  /** All parts are open; they are somebody else's now. */
  void done() {
    open.clear();
  }

  void close() {
    for (AutoCloseable part : open) {
      try {
        part.close();
      } catch (Exception e) {
        LOG.log(Level.WARNING, "a part of the store did not close", e);
      }
    }
  }
}
