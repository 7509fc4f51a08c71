package dev.limpet.gateway.copy;

import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.Time;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * What belongs to copies of hot data.
 *
 * @param hot counts what calls want
 * @param copier has nodes make and drop copies
 */
public record Copies(HotData hot, Copier copier) {
  /**
   * Puts the parts together.
   *
   * @param registry knows nodes
   * @param holders knows who has what
   * @param prover has nodes show that
   * @param client reaches them
   */
  public record Ground(
      NodeRegistry registry, HolderIndex holders, Prover prover, NodeClient client) {}

  /**
   * For a gateway.
   *
   * @param budget bytes that may travel within any minute; 0 for no copies
   */
  public static Copies of(Ground ground, long budget, Time time, MeterRegistry meters) {
    HotData hot = new HotData(ground.holders(), time.nanos(), budget > 0);
    CopyPlan plan = new CopyPlan(hot, ground.registry(), ground.holders(), time.nanos(), budget);
    return new Copies(hot, new Copier(hot, plan, ground.prover(), ground.client(), meters));
  }
}
