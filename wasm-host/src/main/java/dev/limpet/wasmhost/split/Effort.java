package dev.limpet.wasmhost.split;

/** Counts the work on one method, so that none, however it was made, takes long. */
final class Effort {

  private long left;

  /** So many steps at most. */
  Effort(long steps) {
    this.left = steps;
  }

  /**
   * Some steps more.
   *
   * @throws TooHardException when there are no more
   */
  void spend(long steps) {
    left -= steps;
    if (left < 0) {
      throw new TooHardException("it takes more than " + SplitLimits.MAX_STEPS + " steps");
    }
  }
}
