package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.Pins;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.content.ipld.DagStat;
import dev.limpet.protocol.AddedDag;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.config.FreeDisk;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The DAGs that the owner of this node keeps. A DAG is acknowledged when its blocks are on the
 * disk, all of them, and its pin is; whatever ends an upload before leaves blocks without a pin,
 * which the {@link Collector} takes away.
 */
public final class KeptDags {
  private final Blockstore kept;
  private final Blockstore stored;
  private final LocalBlocks data;
  private final Pins pins;
  private final Pins ownPins;
  private final LongSupplier liveBytes;
  private final Holdings holdings;
  private final Intakes intakes;
  private final Collector collector;
  private final Stock stock;
  private final FreeDisk disk;
  private final Flusher flusher;

  /**
   * What stands below.
   *
   * @param free how much may be written
   * @param flusher makes it durable
   */
  record Disk(FreeDisk free, Flusher flusher) {}

  /**
   * Where they are kept.
   *
   * @param blocks what is written and looked through
   * @param stored what is there, past any cache: a pin needs the block and not what is left of it
   * @param pins what must stay
   * @param liveBytes how much of the quota is taken
   */
  record Place(Blockstore blocks, Blockstore stored, Pins pins, LongSupplier liveBytes) {}

  KeptDags(Place place, Collector.Parts parts, LocalBlocks data, Collector collector, Disk disk) {
    this.disk = disk.free();
    this.flusher = disk.flusher();
    this.kept = place.blocks();
    this.stored = place.stored();
    this.pins = place.pins();
    this.ownPins = parts.pins();
    this.liveBytes = place.liveBytes();
    this.holdings = parts.holdings();
    this.intakes = parts.intakes();
    this.data = data;
    this.collector = collector;
    this.stock = new Stock(kept, data, holdings);
  }

  /**
   * Refuses what cannot fit, before any of it is read.
   *
   * @param dagSize bytes of the blocks to come, or 0 when that is not known
   * @throws QuotaExceededException when the store has not as much left
   * @throws LimpetException {@code disk-low} when the disk has not
   */
  public void requireRoom(long dagSize) {
    disk.require(dagSize);
    if (dagSize > kept.quotaBytes() - liveBytes.getAsLong()) {
      throw new QuotaExceededException(kept.quotaBytes());
    }
  }

  /**
   * Takes one DAG from a CAR and keeps it. When this returns, it survives a crash of the machine.
   * Who makes a CAR while it is sent does not know its root at first: where the header names none,
   * it is the last block. A CAR that ends too early has blocks then that nothing links to.
   *
   * @throws LimpetException {@code bad-car} when the CAR has more than one root, lacks a block or
   *     holds one that nobody links to
   * @throws ContentException when it does not parse, does not hash or does not fit
   * @throws IOException when the stream fails
   */
  public AddedDag add(InputStream car) throws IOException {
    return added(
        intake -> {
          CarReader reader = new CarReader(car, CarLimits.unbounded());
          Cid root = rootOf(reader);
          Cid last = null;
          for (Block block = reader.nextFor(kept); block != null; block = reader.nextFor(kept)) {
            take(intake, block);
            last = block.cid();
          }
          return new Taken(requireRoot(root == null ? last : root), reader.offset());
        });
  }

  /** Whether a block's array may be filled anew when it was taken. */
  boolean holdsNothing() {
    return kept.holdsNothing();
  }

  /**
   * Takes one DAG from another store and keeps it, as {@link #add}.
   *
   * @param read gets the number of bytes of each block
   * @throws ContentException when it is not whole there, does not parse or does not fit
   */
  public AddedDag addFrom(BlockSource source, Cid root, LongConsumer read) {
    return added(
        intake -> {
          Dag.walk(
              source,
              root,
              DagLimits.standard(),
              (cid, bytes) -> {
                if (!cid.isIdentity()) {
                  take(intake, new Block(cid, bytes));
                  read.accept(bytes.length);
                }
              });
          return new Taken(root, 0);
        });
  }

  /**
   * What came in.
   *
   * @param end the byte behind the last that was read of a CAR, or 0
   */
  private record Taken(Cid root, long end) {}

  /** Takes the blocks of a DAG, and tells its root. */
  private interface Taking<E extends Exception> {
    Taken take(Intakes.Intake intake) throws E;
  }

  private <E extends Exception> AddedDag added(Taking<E> taking) throws E {
    boolean done = false;
    try (Intakes.Intake intake = intakes.begin()) {
      Taken taken = taking.take(intake);
      Cid root = taken.root();
      DagStat stat = requireWhole(intake, taken);
      Survey.Result survey = keep(root, "");
      done = true;
      return new AddedDag(root, survey.root().size(), stat.bytes(), stat.blocks());
    } finally {
      if (!done) {
        collector.request();
      }
    }
  }

  /** Begins to take blocks that become DAGs here; to be closed. */
  public KeptImport begin() {
    return new KeptImport(this, intakes.begin());
  }

  Pin keepWhole(Intakes.Intake intake, Cid root, String name) {
    requireHere(DagCheck.of(data, root, cid -> copy(intake, cid)).firstMissing());
    keep(root, name);
    return pinned(root);
  }

  void collectSoon() {
    collector.request();
  }

  /** The root that the header names; null without one: then the last block is the root. */
  private static @Nullable Cid rootOf(CarReader reader) {
    List<Cid> roots = reader.roots();
    if (roots.size() > 1) {
      throw new LimpetException(
          ErrorCode.BAD_CAR,
          "a CAR that is added has one root, or none and its root last; this has " + roots.size());
    }
    return roots.isEmpty() ? null : roots.getFirst();
  }

  private static Cid requireRoot(@Nullable Cid root) {
    if (root == null) {
      throw new LimpetException(ErrorCode.BAD_CAR, "the CAR has neither a root nor a block");
    }
    return root;
  }

  void take(Intakes.Intake intake, Block block) {
    if (intake.touch(block.cid()) && intake.blocks() > DagLimits.MAX_WALK_BLOCKS) {
      throw new ContentLimitException(
          "an upload has more than " + DagLimits.MAX_WALK_BLOCKS + " different blocks");
    }
    put(block);
  }

  private void put(Block block) {
    disk.requireNext(block.bytes().length);
    kept.put(block);
  }

  private DagStat requireWhole(Intakes.Intake intake, Taken taken) {
    int sent = intake.blocks();
    DigestSet visited = new DigestSet();
    int[] linked = {0};
    DagStat stat =
        DagCheck.of(
            kept,
            taken.root(),
            cid -> {
              if (visited.add(cid)) {
                if (intake.touch(cid)) {
                  copy(intake, cid); // it was not sent: it must be there, and not in a cache alone
                } else {
                  linked[0]++;
                }
              }
            });
    Cid missing = stat.firstMissing();
    if (missing != null) {
      String what =
          missing.equals(taken.root())
              ? "its root " + missing
              : "the block " + missing + " below its root";
      throw new LimpetException(
          ErrorCode.BAD_CAR, "the CAR lacks " + what + ": it ends at byte " + taken.end());
    }
    if (linked[0] < sent) {
      throw new LimpetException(
          ErrorCode.BAD_CAR,
          "the CAR holds " + (sent - linked[0]) + " blocks that nothing below its root links to");
    }
    return stat;
  }

  private Survey.Result keep(Cid root, String name) {
    flusher.blocksWritten();
    Survey.Result survey = Survey.of(data, root, HoldingKind.ROOT);
    pins.pin(pinOf(survey.root(), name, PinKind.RECURSIVE));
    stock.announce(survey);
    return survey;
  }

  private static Pin pinOf(Holding root, String name, PinKind kind) {
    return new Pin(root.cid(), name, Instant.now(), kind, root.size(), root.dagSize());
  }

  /**
   * Keeps a DAG that is here, whole, because it was fetched or is part of another.
   *
   * @param name what people call it, maybe empty
   * @throws LimpetException {@code data-not-found} when it is not here whole
   */
  public Pin pin(Cid root, String name) {
    return pinning(
        root,
        intake -> {
          Pin _ = keepWhole(intake, root, name);
        });
  }

  /**
   * Keeps one block that is here, whatever lies below it. Where all of it is kept already, only the
   * name changes.
   *
   * @throws LimpetException {@code data-not-found} when it is not here
   */
  public Pin pinDirect(Cid root, String name) {
    return pinning(
        root,
        intake -> {
          copy(intake, root);
          requireHere(data.get(root) == null ? root : null);
          flusher.blocksWritten();
          Pin pin = pins.pin(pinOf(stock.alone(root), name, PinKind.DIRECT));
          if (pin.kind() == PinKind.DIRECT) {
            holdings.replace(stock.alone(root));
          }
        });
  }

  private static void requireHere(@Nullable Cid missing) {
    if (missing != null) {
      throw new LimpetException(
          ErrorCode.DATA_NOT_FOUND,
          "this node lacks the block " + missing + " of that DAG; add it first");
    }
  }

  private Pin pinning(Cid root, Consumer<Intakes.Intake> work) {
    boolean done = false;
    try (Intakes.Intake intake = intakes.begin()) {
      work.accept(intake);
      done = true;
    } finally {
      if (!done) {
        collector.request();
      }
    }
    return pinned(root);
  }

  private Pin pinned(Cid root) {
    Pin pin = pins.find(root);
    if (pin == null) {
      throw new LimpetException(ErrorCode.DATA_NOT_FOUND, "it was unpinned meanwhile");
    }
    return pin;
  }

  private void copy(Intakes.Intake intake, Cid cid) {
    intake.touch(cid);
    if (!stored.has(cid)) {
      byte[] bytes = data.get(cid);
      if (bytes != null) {
        put(new Block(cid, bytes));
      }
    }
  }

  /** Lets a DAG go; returns whether it was kept. Its space comes back soon. */
  public boolean unpin(Cid root) {
    if (!pins.unpin(root)) {
      return false;
    }
    if (ownPins.find(root) != null) {
      return true; // the node's own folder keeps it, too
    }
    Holding holding = holdings.get(root);
    holdings.remove(root, HoldingKind.ROOT);
    if (holding == null) {
      collector.request();
    } else {
      collector.released(holding);
    }
    return true;
  }

  /** What of the pins is here. */
  Stock stock() {
    return stock;
  }

  /** All pins, oldest first. */
  public List<Pin> pins() {
    return pins.list();
  }

  /**
   * Visits what recursive pins reach below their roots; each block once.
   *
   * @param visitor gets the CID by which it is linked, and the root that keeps it
   */
  public void visitBelowPins(BiConsumer<Cid, Cid> visitor) {
    DigestSet visited = new DigestSet();
    for (Pin pin : pins.list()) {
      boolean _ = visited.add(pin.root());
    }
    for (Pin pin : pins.list()) {
      if (pin.kind() == PinKind.RECURSIVE) {
        DagStat _ =
            DagCheck.of(
                kept,
                pin.root(),
                cid -> {
                  if (visited.add(cid)) {
                    visitor.accept(cid, pin.root());
                  }
                });
      }
    }
  }

  /** The pin of a root, or null. */
  public @Nullable Pin pinOf(Cid root) {
    return pins.find(root);
  }

  /** Whether all that a pin keeps is here, as far as is known. */
  public boolean isWhole(Pin pin) {
    Holding holding = holdings.get(pin.root());
    return pin.kind() == PinKind.DIRECT || (holding != null && holding.complete());
  }
}
