package dev.limpet.benchmarks.hot;

import org.openjdk.jmh.annotations.Param;

/** The id of a Task, and an invocation to its header and back. */
public class ProtocolBench extends OperationBench {
  /** The operation. */
  @Param({"task-id", "invocation-json"})
  private String operation = "";

  /** For JMH. */
  public ProtocolBench() {
    super(Group.PROTOCOL);
  }

  @Override
  String operation() {
    return operation;
  }
}
