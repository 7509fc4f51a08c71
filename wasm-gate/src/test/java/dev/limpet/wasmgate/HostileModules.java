package dev.limpet.wasmgate;

import java.util.stream.Stream;

/**
 * Modules that the gate refuses, at least one for each of its rules, with the rule that must be
 * named. All are small, or large only in what the limit is about.
 */
public final class HostileModules {

  private HostileModules() {}

  /** All of them. */
  public static Stream<NamedModule> all() {
    return Stream.of(OversizedModules.all(), ExtensionModules.all(), ForeignModules.all())
        .flatMap(modules -> modules);
  }

  static NamedModule refused(String rule, String name, WasmBuilder module) {
    return new NamedModule(name, module.build(), rule);
  }

  /** A command that does nothing, as a start for what is to be broken. */
  static WasmBuilder command() {
    return command(new WasmCode());
  }

  /** A command with one page of memory and this code. */
  static WasmBuilder command(WasmCode code) {
    return command("", code);
  }

  static WasmBuilder command(String locals, WasmCode code) {
    WasmBuilder module = new WasmBuilder();
    return module.memory(1).export("_start", module.function(">", locals, code));
  }
}
