package dev.limpet.wasmhost.engine;

/** How calls of guests end other than by returning. */
final class Ends {

  private Ends() {}

  /**
   * The rule that a trap is about, or the bound that was met: the same in each form of the code.
   *
   * @param thrown by the code of a guest
   */
  static String kind(Throwable thrown) {
    return switch (thrown) {
      case GuestStopped e -> "stopped: " + e.reason().getClass().getSimpleName();
      case StackOverflowError _ -> "stopped: StackOverflow";
      case GuestTrap e -> "traps: " + e.reason();
      default -> "traps: " + GuestInstance.ended(thrown).getMessage();
    };
  }
}
