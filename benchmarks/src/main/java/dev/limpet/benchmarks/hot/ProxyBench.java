package dev.limpet.benchmarks.hot;

import org.openjdk.jmh.annotations.Param;

/** The headers of a node's answer, as the caller gets them. */
public class ProxyBench extends OperationBench {
  /** The operation. */
  @Param({"proxy-headers"})
  private String operation = "";

  /** For JMH. */
  public ProxyBench() {
    super(Group.GATEWAY);
  }

  @Override
  String operation() {
    return operation;
  }
}
