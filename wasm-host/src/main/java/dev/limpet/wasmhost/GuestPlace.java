package dev.limpet.wasmhost;

import dev.limpet.wasmhost.engine.LoadedModule;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Where a guest runs, and where its streams lead there.
 *
 * @param maxDepth calls inside each other
 * @param input standard input
 * @param wholeInput all that input gives, or null when that is not known; not to be changed
 * @param output standard output
 */
record GuestPlace(
    int maxDepth, InputStream input, byte @Nullable [] wholeInput, OutputStream output) {

  /** On a thread for guests. */
  static GuestPlace own(ExecutionSpec spec) {
    return new GuestPlace(spec.limits().callDepth(), spec.input(), null, spec.output());
  }

  /**
   * On the thread that asks for the call.
   *
   * @param wholeInput what the input of that call gives
   * @param output takes what it writes
   */
  static GuestPlace callers(
      LoadedModule module, ExecutionSpec spec, byte[] wholeInput, OutputStream output) {
    return new GuestPlace(
        Math.min(spec.limits().callDepth(), module.callersDepth()),
        new ByteArrayInputStream(wholeInput),
        wholeInput,
        output);
  }
}
