package dev.limpet.node.store;

import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.Pins;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.DagStat;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Looks what of the owner's pins is here, and announces that. */
final class Stock {
  private static final System.Logger LOG = System.getLogger(KeptDags.class.getName());

  /** What is looked through at a start at most; some thousand reads. */
  static final long MAX_STOCK_BYTES_AT_START = 1L << 30;

  /** Blocks that are looked for at a start at most; some tenths of a second. */
  static final long MAX_STOCK_BLOCKS_AT_START = 20_000;

  private static final long TOO_MUCH = -1;

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
   * Takes stock of what the pins say is here: at the start, of what the limits leave time for; the
   * rest is announced as it was when it was pinned, and looked at while the node runs.
   *
   * @param pins what must be here
   * @param whileRunning gets the work that looks at the rest
   */
  void rebuild(Pins pins, Consumer<Runnable> whileRunning) {
    long bytes = MAX_STOCK_BYTES_AT_START;
    long blocks = MAX_STOCK_BLOCKS_AT_START;
    List<Pin> later = new ArrayList<>();
    for (Pin pin : pins.list()) {
      bytes -= Math.max(0, pin.dagSize());
      long seen = bytes >= 0 || pin.dagSize() < 0 ? lookAtStart(pin, blocks) : TOO_MUCH;
      if (seen == TOO_MUCH) {
        holdings.replace(
            new Holding(pin.root(), pin.size(), pin.dagSize(), true, HoldingKind.ROOT));
        later.add(pin);
      }
      blocks = seen == TOO_MUCH ? 0 : blocks - seen;
    }
    if (!later.isEmpty()) {
      whileRunning.accept(() -> later.forEach(this::take));
    }
  }

  /** How many blocks of a pin are here, or that these are more than may be looked for. */
  private long lookAtStart(Pin pin, long most) {
    if (most <= 0 && pin.kind() != PinKind.DIRECT) {
      return TOO_MUCH;
    }
    try {
      return look(pin, new DagLimits(Math.max(1, most), DagLimits.MAX_WALK_DEPTH));
    } catch (ContentLimitException e) {
      return TOO_MUCH;
    } catch (ContentException e) {
      damaged(pin, e);
      return 1;
    }
  }

  /** Looks what of a pin is here, and announces that. */
  void take(Pin pin) {
    try {
      long _ = look(pin, DagLimits.standard());
    } catch (ContentException e) {
      damaged(pin, e);
    }
  }

  /** The same, and how many blocks of it are here. */
  private long look(Pin pin, DagLimits limits) {
    if (pin.kind() == PinKind.DIRECT) {
      holdings.replace(alone(pin.root()));
      return 1;
    }
    DagStat stat = Dag.stat(kept, pin.root(), limits);
    if (stat.complete()) {
      announce(Survey.of(data, pin.root(), HoldingKind.ROOT));
    } else {
      LOG.log(Level.WARNING, "the pinned DAG {0} is no longer whole", pin.root());
      holdings.replace(partial(pin));
    }
    return stat.blocks();
  }

  private void damaged(Pin pin, ContentException e) {
    LOG.log(Level.WARNING, "the pinned DAG {0} is damaged: {1}", pin.root(), e.getMessage());
    holdings.replace(partial(pin));
  }

  private static Holding partial(Pin pin) {
    return new Holding(pin.root(), -1, -1, false, HoldingKind.ROOT);
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
