package dev.limpet.benchmarks.hot;

import org.openjdk.jmh.annotations.Param;

/** Where a call runs: one input that three of sixteen nodes hold. */
public class PlacementBench extends OperationBench {
  /** The operation. */
  @Param({"placement"})
  private String operation = "";

  /** For JMH. */
  public PlacementBench() {
    super(Group.GATEWAY);
  }

  @Override
  String operation() {
    return operation;
  }
}
