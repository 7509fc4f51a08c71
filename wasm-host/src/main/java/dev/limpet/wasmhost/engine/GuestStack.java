package dev.limpet.wasmhost.engine;

import java.util.Set;

/**
 * Tells a guest that used its stack up from host code that did. The depth limit should let neither
 * happen; but the one is a trap like others, and after the other nobody knows what host code left
 * half done: a lock, a table, a class that was being initialised.
 */
final class GuestStack {

  private static final String GUEST = ModuleCompiler.MAIN_CLASS;

  /** Of the JDK: arithmetic, which changes nothing, see {@link ClassScan}. */
  private static final Set<String> PURE =
      Set.of(
          "java.lang.Math",
          "java.lang.StrictMath",
          "java.lang.Byte",
          "java.lang.Short",
          "java.lang.Integer",
          "java.lang.Long",
          "java.lang.Float",
          "java.lang.Double");

  private GuestStack() {}

  /**
   * The end of the guest.
   *
   * @throws StackOverflowError that same one, when host code was running
   */
  static GuestStopped overflowed(StackOverflowError e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith(GUEST)) {
        break;
      }
      if (!isLeaf(frame)) {
        throw e;
      }
    }
    return new GuestStopped(new StopReason.TooDeep());
  }

  /**
   * Whether it is of the classes that compiled code calls and that call nobody and keep nothing
   * half done. A class that was being initialised is broken for everybody, whichever it is.
   */
  private static boolean isLeaf(StackTraceElement frame) {
    String name = frame.getClassName();
    return !frame.getMethodName().equals("<clinit>")
        && (name.startsWith("run.endive.")
            || name.startsWith("dev.limpet.wasmhost.engine.")
            || name.startsWith("jdk.internal.math.")
            || PURE.contains(name));
  }
}
