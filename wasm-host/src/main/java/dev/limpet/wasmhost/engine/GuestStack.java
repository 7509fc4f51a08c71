package dev.limpet.wasmhost.engine;

/**
 * Tells a guest that used its stack up from host code that did. The depth limit should let neither
 * happen; but the one is a trap like others, and after the other nobody knows what host code left
 * half done: a lock, a table, a class that was being initialised.
 */
final class GuestStack {

  private static final String GUEST = ModuleCompiler.MAIN_CLASS;

  private GuestStack() {}

  /**
   * The end of the guest.
   *
   * @throws StackOverflowError that same one, when host code was running
   */
  static GuestStopped overflowed(StackOverflowError e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      String name = frame.getClassName();
      if (name.startsWith(GUEST)) {
        break;
      }
      if (!isLeaf(name)) {
        throw e;
      }
    }
    return new GuestStopped(new StopReason.TooDeep());
  }

  /** Of the classes that compiled code calls and that call nobody and keep nothing half done. */
  private static boolean isLeaf(String name) {
    return name.startsWith("run.endive.") || name.startsWith("dev.limpet.wasmhost.engine.");
  }
}
