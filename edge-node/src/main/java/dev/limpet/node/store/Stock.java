package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.Pins;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/** Looks what of the owner's pins is here, and announces that. */
final class Stock {
  private static final System.Logger LOG = System.getLogger(KeptDags.class.getName());

  /** What is looked through at a start; some thousand reads. */
  private static final long STOCK_AT_START_BYTES = 1L << 30;

  private final BlockSource kept;
  private final LocalBlocks data;
  private final Holdings holdings;

  /**
   * Nothing is looked at yet.
   *
   * @param kept the blocks of what is pinned
   * @param data all that is here
   * @param holdings what is announced
   */
  Stock(BlockSource kept, LocalBlocks data, Holdings holdings) {
    this.kept = kept;
    this.data = data;
    this.holdings = holdings;
  }

  /**
   * Takes stock of what the pins say is here: at the start, a gibibyte of it; the rest is announced
   * as it was when it was pinned, and looked at while the node runs.
   *
   * @param pins what must be here
   * @param collector looks at the rest, among what it does
   */
  void rebuild(Pins pins, Collector collector) {
    long rest = STOCK_AT_START_BYTES;
    List<Pin> later = new ArrayList<>();
    for (Pin pin : pins.list()) {
      rest -= Math.max(0, pin.dagSize());
      if (rest >= 0 || pin.dagSize() < 0) {
        take(pin);
      } else {
        holdings.replace(
            new Holding(pin.root(), pin.size(), pin.dagSize(), true, HoldingKind.ROOT));
        later.add(pin);
      }
    }
    if (!later.isEmpty()) {
      collector.submit(() -> later.forEach(this::take));
    }
  }

  /** Looks what of a pin is here, and announces that. */
  void take(Pin pin) {
    try {
      if (pin.kind() == PinKind.DIRECT) {
        holdings.replace(alone(pin.root()));
        return;
      }
      if (DagCheck.isComplete(kept, pin.root())) {
        announce(Survey.of(data, pin.root(), HoldingKind.ROOT));
        return;
      }
      LOG.log(Level.WARNING, "the pinned DAG {0} is no longer whole", pin.root());
    } catch (ContentException e) {
      LOG.log(Level.WARNING, "the pinned DAG {0} is damaged: {1}", pin.root(), e.getMessage());
    }
    holdings.replace(new Holding(pin.root(), -1, -1, false, HoldingKind.ROOT));
  }

  /** Announces a root with what is in it. */
  void announce(Survey.Result survey) {
    holdings.replace(survey.root());
    survey.entries().forEach(holdings::put);
  }

  /** What is held of a root that is kept alone. */
  Holding alone(Cid root) {
    byte[] block = data.require(root);
    boolean whole = Dag.links(root, block).isEmpty();
    long size = whole && root.codec() == Multicodec.RAW ? block.length : -1;
    return new Holding(root, size, whole ? block.length : -1, whole, HoldingKind.ROOT);
  }
}
