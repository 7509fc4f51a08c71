package dev.limpet.wasmgate;

/**
 * A module for tests.
 *
 * @param name says what it is about
 * @param bytes the module, not to be modified
 * @param expectedRule the rule by which the gate refuses it; empty when it is admitted
 */
@SuppressWarnings("ArrayRecordComponent") // A copy for each look would cost more than it protects.
public record NamedModule(String name, byte[] bytes, String expectedRule) {

  /** The name, for the titles of parameterized tests. */
  @Override
  public String toString() {
    return name;
  }
}
