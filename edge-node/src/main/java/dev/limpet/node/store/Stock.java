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
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Looks what of the owner's pins is here, and announces that. */
final class Stock {
  private static final System.Logger LOG = System.getLogger(KeptDags.class.getName());

  /** What is looked through at a start at most; some thousand reads. */
  static final long MAX_STOCK_BYTES_AT_START = 1L << 30;

  /** Blocks that are looked for at a start at most; some tenths of a second. */
  static final long MAX_STOCK_BLOCKS_AT_START = 20_000;

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
   * @param whileRunning gets the work that looks at the rest, in small steps
   */
  void rebuild(Pins pins, Consumer<Consumer<Pace>> whileRunning) {
    long bytes = MAX_STOCK_BYTES_AT_START;
    AtomicLong left = new AtomicLong(MAX_STOCK_BLOCKS_AT_START);
    List<Pin> later = new ArrayList<>();
    for (Pin pin : pins.list()) {
      bytes -= Math.max(0, pin.dagSize());
      boolean small = bytes >= 0 || pin.dagSize() < 0;
      if (!small || !lookAtStart(pin, left)) {
        left.set(0);
        boolean whole = pin.kind() != PinKind.DIRECT;
        holdings.replace(
            new Holding(pin.root(), pin.size(), pin.dagSize(), whole, HoldingKind.ROOT));
        later.add(pin);
      }
    }
    if (!later.isEmpty()) {
      whileRunning.accept(pace -> later.forEach(pin -> lookLater(pins, pin, pace)));
    }
  }

  /** Whether a pin was looked at: not when that takes more looks than are left. */
  private boolean lookAtStart(Pin pin, AtomicLong left) {
    if (left.get() <= 0) {
      return false;
    }
    try {
      DagLimits limits = new DagLimits(left.get(), DagLimits.MAX_WALK_DEPTH);
      look(pin, limits, _ -> left.decrementAndGet());
    } catch (ContentLimitException e) {
      return false;
    } catch (ContentException e) {
      damaged(pin, e);
    }
    return true;
  }

  /** A pin may be let go at any moment: then its holding goes as well, whoever was last. */
  private void lookLater(Pins pins, Pin pin, Pace pace) {
    if (pins.find(pin.root()) != null) {
      take(pin, _ -> pace.small());
      if (pins.find(pin.root()) == null) {
        holdings.remove(pin.root(), HoldingKind.ROOT);
      }
    }
  }

  /** Looks what of a pin is here, and announces that. */
  void take(Pin pin) {
    take(pin, _ -> {});
  }

  private void take(Pin pin, Consumer<Cid> looks) {
    try {
      look(pin, DagLimits.standard(), looks);
    } catch (ContentException e) {
      damaged(pin, e);
    }
  }

  private void look(Pin pin, DagLimits limits, Consumer<Cid> looks) {
    if (pin.kind() == PinKind.DIRECT) {
      looks.accept(pin.root());
      holdings.replace(alone(pin.root()));
    } else if (DagCheck.of(kept, pin.root(), limits, looks).complete()) {
      announce(Survey.of(data, pin.root(), HoldingKind.ROOT));
    } else {
      LOG.log(Level.WARNING, "the pinned DAG {0} is no longer whole", pin.root());
      holdings.replace(partial(pin));
    }
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
