package dev.limpet.wasmgate;

/**
 * A module that the gate admits and that means harm when it runs.
 *
 * @param module its name says what it does
 * @param expected the error code in which its call must end; empty when it is an answer
 */
public record HostileGuest(NamedModule module, String expected) {

  HostileGuest(String name, byte[] wasm, String expected) {
    this(new NamedModule(name, wasm, ""), expected);
  }

  /** The name, for the titles of parameterized tests. */
  @Override
  public String toString() {
    return module.name();
  }
}
