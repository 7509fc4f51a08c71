package dev.limpet.benchmarks.hot;

import org.openjdk.jmh.annotations.Param;

/** A CID, a block of 4 KiB, 131 reads of 4 KiB over 8 MiB, and the import of 256 KiB. */
public class ContentBench extends OperationBench {
  /** The operation. */
  @Param({"cid-parse", "block-get", "range-reads", "import"})
  private String operation = "";

  /** For JMH. */
  public ContentBench() {
    super(Group.CONTENT);
  }

  @Override
  String operation() {
    return operation;
  }
}
