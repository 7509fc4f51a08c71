package dev.limpet.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node's gate lets in under load, in virtual time and without a machine's own delays. */
class GateUnderLoadTest {
  private static final double MOST = 0.99;
  private static final long RUN_NANOS = 4_000_000_000L;

  /** Overload begins as a burst, at a node of which nobody knows yet how many it takes. */
  private static final long BURST_NANOS = 4_000_000_000L;

  @ParameterizedTest
  @CsvSource({"1, 7", "2, 7", "1, 30", "2, 30", "4, 100"})
  void three_times_the_load_costs_no_answers_and_hardly_any_latency(int cores, int millis) {
    BusyNode calm = new BusyNode(cores, millis);
    calm.askInTurn(2 * cores, RUN_NANOS);
    BusyNode loaded = new BusyNode(cores, millis);
    double most = cores * 1000.0 / millis;
    loaded.ask(3 * most, BURST_NANOS);
    loaded.forgetAnswers();
    loaded.ask(3 * most, RUN_NANOS);
    double goodput = loaded.answers() * 1e9 / RUN_NANOS;
    assertTrue(goodput >= 0.95 * most, goodput + " of " + most);
    assertTrue(loaded.refused() > loaded.answers(), loaded.refused() + " were refused");
    long usual = calm.nanos(MOST);
    assertTrue(loaded.nanos(MOST) <= 2 * usual, loaded.nanos(MOST) + " ns, usual are " + usual);
  }

  @ParameterizedTest
  @CsvSource({"1, 7, 12", "2, 11, 16", "2, 1, 64"})
  void callers_who_wait_for_their_answers_are_no_overload(int cores, int millis, int callers) {
    BusyNode node = new BusyNode(cores, millis);
    node.askInTurn(callers, RUN_NANOS);
    assertEquals(0, node.refused());
    double goodput = node.answers() * 1e9 / RUN_NANOS;
    assertTrue(goodput >= 0.95 * cores * 1000 / millis, goodput + "/s");
  }
}
