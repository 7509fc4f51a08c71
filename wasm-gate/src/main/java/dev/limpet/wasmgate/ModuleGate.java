package dev.limpet.wasmgate;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Decides whether a module may reach the engine.
 *
 * <p>The engine behind the gate parses, validates and compiles without a limit on memory or time,
 * and cannot be interrupted while it does: a module of 10 KB can keep its compiler busy for
 * minutes. So the gate reads the module first, with a reader of our own that is bounded in
 * everything, and admits only what the engine handles in time and what the sandbox can meter and
 * stop.
 *
 * <p>What holds for every input, hostile ones included:
 *
 * <ul>
 *   <li>{@link #inspect} ends in a verdict; it throws nothing, and does not recurse on the input.
 *   <li>Work is linear in the number of bytes; memory is bounded by {@link GateLimits} (a few MiB).
 *   <li>The same bytes under the same limits give the same verdict.
 *   <li>An admitted module has only sections, types, instructions and imports that this version
 *       knows by name; what is new in wasm is refused until it is taken up here.
 * </ul>
 *
 * <p>What the gate leaves to the engine: the types on the operand stack. An admitted module may
 * still be invalid, and the engine then says so when it compiles it.
 *
 * <p>Reading goes on after a refusal wherever lengths are known, so that one verdict names most of
 * what is to be changed. Instances have no state and may be shared between threads.
 */
public final class ModuleGate {
  private static final byte[] TEXT_FORMAT = "(module".getBytes(StandardCharsets.UTF_8);

  private final GateLimits limits;

  /** A gate with these limits. */
  public ModuleGate(GateLimits limits) {
    this.limits = requireNonNull(limits, "limits");
  }

  /**
   * Looks at a module.
   *
   * @param wasm any bytes; not modified, and not kept
   */
  public GateVerdict inspect(byte[] wasm) {
    if (wasm.length > limits.moduleBytes()) {
      return refused(
          Rule.MODULE_TOO_LARGE,
          "It has " + wasm.length + " bytes; the limit is " + limits.moduleBytes() + ".");
    }
    return switch (Preamble.of(wasm)) {
      case MODULE -> new ModuleScan(wasm, limits).verdict();
      case COMPONENT -> refused(Rule.COMPONENT, "It is a component, not a core module.");
      case OTHER -> refused(Rule.NOT_WASM, whatItIs(wasm));
    };
  }

  private static GateVerdict refused(Rule rule, String detail) {
    return new GateVerdict.Refused(
        List.of(new Refusal(rule.id(), detail, rule.advice(null))), null);
  }

  private static String whatItIs(byte[] bytes) {
    if (startsWith(bytes, TEXT_FORMAT)) {
      return "It is wasm in the text format; wat2wasm turns it into a module.";
    }
    if (bytes.length < Preamble.BYTES) {
      return "It has " + bytes.length + " bytes; even an empty module has " + Preamble.BYTES + ".";
    }
    return "It does not begin with the bytes 00 61 73 6d 01 00 00 00 of a wasm module.";
  }

  private static boolean startsWith(byte[] bytes, byte[] prefix) {
    for (int i = 0; i < prefix.length; i++) {
      if (i >= bytes.length || bytes[i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }
}
