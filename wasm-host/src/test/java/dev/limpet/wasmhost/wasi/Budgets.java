package dev.limpet.wasmhost.wasi;

import dev.limpet.wasmhost.engine.Budget;

/** Uses up what a budget has. */
final class Budgets {

  private Budgets() {}

  static void exhaust(Budget budget) {
    Budget.Lease all = budget.lease();
    for (long step = 1L << 30; step > 0; step /= 2) {
      while (all.tryReserve(step)) {
        // takes all of this size
      }
    }
  }
}
