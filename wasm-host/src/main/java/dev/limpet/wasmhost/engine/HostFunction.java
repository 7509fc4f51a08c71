package dev.limpet.wasmhost.engine;

/**
 * A function that guests may import.
 *
 * @param module first part of its name
 * @param name second part of its name
 * @param parameters one letter for each: {@code i} is i32, {@code I} is i64
 * @param results the same for the results: none or one
 * @param body what it does
 */
public record HostFunction(
    String module, String name, String parameters, String results, Body body) {

  /** What a host function does. */
  @FunctionalInterface
  public interface Body {

    /**
     * Runs on the guest's thread.
     *
     * @param memory the caller's
     * @param arguments as the guest gave them: an i32 is sign-extended
     * @return the result, nothing when there is none
     * @throws GuestStopped to end the guest
     */
    long call(GuestMemory memory, long[] arguments);
  }
}
