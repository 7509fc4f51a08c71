package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSink;
import dev.limpet.content.block.Pin;
import dev.limpet.content.cid.Cid;

/**
 * Blocks that are taken one by one and become DAGs that the owner keeps. They stay from when they
 * were put until this is closed; what no pin reaches then goes.
 */
public final class KeptImport implements BlockSink, AutoCloseable {
  private final KeptDags dags;
  private final Intakes.Intake intake;
  private boolean loose;

  KeptImport(KeptDags dags, Intakes.Intake intake) {
    this.dags = dags;
    this.intake = intake;
  }

  /**
   * Takes a block whose bytes match its CID.
   *
   * @throws dev.limpet.content.block.QuotaExceededException when it does not fit
   * @throws dev.limpet.protocol.LimpetException {@code disk-low}
   */
  @Override
  public void put(Block block) {
    loose = true;
    dags.take(intake, block);
  }

  @Override
  public boolean holdsNothing() {
    return dags.holdsNothing();
  }

  /**
   * Keeps a DAG whose blocks are here. When this returns, it survives a crash of the machine.
   *
   * @param name what people call it, maybe empty
   * @throws dev.limpet.protocol.LimpetException {@code data-not-found} when it is not here whole
   */
  public Pin keep(Cid root, String name) {
    Pin pin = dags.keepWhole(intake, root, name);
    loose = false;
    return pin;
  }

  /** Lets what was not kept go, soon. */
  @Override
  public void close() {
    intake.close();
    if (loose) {
      dags.collectSoon();
    }
  }
}
