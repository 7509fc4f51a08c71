package dev.limpet.node.store;

import dev.limpet.content.block.BlockNotFoundException;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.Pins;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.kubo.KuboPins;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.HoldingKind;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a Kubo keeps for this node: its pins, as they were when it was last asked. Roots that it
 * pins with all below are announced, and what its owner lets go is announced no more. While it does
 * not answer, what was announced stays, and the node says that it is not ready.
 */
final class KuboDags implements Pins, AutoCloseable {
  /** Pins that cannot be read before it is the Kubo that is taken for ill. */
  static final int MAX_UNREADABLE_IN_A_ROW = 8;

  private static final System.Logger LOG = System.getLogger(KuboDags.class.getName());

  private final KuboStore.Door door;
  private final KuboPins kubo;
  private final LocalBlocks data;
  private final Collector.Parts own;
  private final ReentrantLock asking = new ReentrantLock();
  private final Map<Cid, Pin> known = new ConcurrentHashMap<>();

  /** Only the refreshing thread changes it. */
  private final AnnouncedRoots announced;

  /** Announces again what of a pin of the node's own is here. */
  private final Consumer<Pin> stock;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("limpet-kubo").factory());
  private final int most;
  private int toldAlone;
  private volatile State state = new State("", 0, 0, "has not been asked yet");

  /**
   * How the Kubo was when it was last asked.
   *
   * @param trouble why it does not answer; empty when it does
   */
  record State(String version, long stored, long most, String trouble) {}

  /**
   * Nothing is asked yet.
   *
   * @param door the way to the Kubo
   * @param data all that is here, the Kubo's blocks among them
   * @param own what the node keeps in its own folder: it stays announced
   * @param stock announces again what of one of its pins is here
   */
  KuboDags(KuboStore.Door door, LocalBlocks data, Collector.Parts own, Consumer<Pin> stock) {
    this.stock = stock;
    this.door = door;
    this.kubo = door.pins();
    this.data = data;
    this.own = own;
    this.most = Math.min(AnnouncedRoots.MAX_KUBO_ENTRIES, own.holdings().most());
    this.announced = new AnnouncedRoots(most);
  }

  /** Asks now, and again each time so much time has passed. */
  void start(Duration every) {
    var _ =
        timer.scheduleWithFixedDelay(
            this::refreshSafely, 0, every.toMillis(), TimeUnit.MILLISECONDS);
  }

  State state() {
    return state;
  }

  KuboStore.Door door() {
    return door;
  }

  /** For what the owner adds: blocks and pins go to the Kubo. */
  KeptDags.Place place() {
    return new KeptDags.Place(door.blocks(), door.stored(), this, door.blocks()::storedBytes);
  }

  private void refreshSafely() {
    State before = state;
    try {
      refresh();
      Blockstore blocks = door.blocks();
      State now = new State(kubo.version(), blocks.storedBytes(), blocks.quotaBytes(), "");
      state = now;
      if (!before.trouble().isEmpty()) {
        LOG.log(
            Level.INFO,
            "Kubo {0} keeps {1} pinned DAGs for this node",
            now.version(),
            known.size());
      }
    } catch (IOException | ContentException e) {
      if (timer.isShutdown()) {
        return;
      }
      String trouble = String.valueOf(e.getMessage());
      state = new State(before.version(), before.stored(), before.most(), trouble);
      if (!before.trouble().equals(trouble)) {
        LOG.log(Level.WARNING, "the Kubo that keeps this node''s data fails: {0}", trouble);
      }
    } catch (RuntimeException e) {
      state = new State(before.version(), before.stored(), before.most(), "it was not understood");
      LOG.log(Level.ERROR, "the pins of the Kubo were not understood", e);
    }
  }

  /** Takes over the pins as they are now, and announces what has changed. */
  private void refresh() throws IOException {
    asking.lock();
    try {
      Map<Cid, Pin> now = new HashMap<>();
      for (PinKind kind : PinKind.values()) {
        for (KuboPins.Pinned pinned : kubo.list(kind)) {
          Cid root = pinned.root().toV1();
          now.putIfAbsent(root, pin(known.get(root), pinned, kind));
        }
        KuboPins.requireFew(now.size());
      }
      known.keySet().retainAll(now.keySet());
      known.putAll(now);
    } finally {
      asking.unlock();
    }
    List<Cid> gone = announced.roots().stream().filter(root -> !isWhole(root)).toList();
    gone.forEach(this::forget);
    if (!gone.isEmpty()) {
      announceCommon();
    }
    announceNew();
    tellAlone();
  }

  /** One line when it begins, grows or ends. */
  private void tellAlone() {
    int alone = announced.alone();
    if (alone != toldAlone) {
      LOG.log(
          alone == 0 ? Level.INFO : Level.WARNING,
          "{0} pinned roots are announced without the files and directories in them, because those"
              + " of all pins are more than {1}",
          alone,
          most);
    }
    toldAlone = alone;
  }

  /** Whether it is a file or directory in an announced root. */
  boolean isEntry(Cid cid) {
    return announced.isEntry(cid);
  }

  /** What other pins have in common with those that went was taken away, too. */
  private void announceCommon() {
    announced.forEachEntry(own.holdings()::put);
    for (Pin pin : own.pins().list()) {
      if (pin.kind() == PinKind.RECURSIVE) {
        try {
          Survey.of(data, pin.root(), HoldingKind.ROOT).entries().forEach(own.holdings()::put);
        } catch (ContentException e) {
          LOG.log(Level.WARNING, "the pinned DAG {0} is damaged: {1}", pin.root(), e.getMessage());
        }
      }
    }
  }

  /** One that cannot be read keeps none behind it from being announced; it is asked for again. */
  private void announceNew() {
    ContentException first = null;
    int inARow = 0;
    for (Cid root : known.keySet()) {
      if (isWhole(root) && announced.isWanted(root) && inARow < MAX_UNREADABLE_IN_A_ROW) {
        try {
          announce(root);
          inARow = 0;
        } catch (StoreFailedException | HashMismatchException e) {
          inARow++;
          first = first == null ? e : first;
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static Pin pin(@Nullable Pin before, KuboPins.Pinned pinned, PinKind kind) {
    Instant since = before == null ? Instant.now() : before.since();
    long size = before == null ? -1 : before.size();
    long dagSize = before == null ? -1 : before.dagSize();
    return new Pin(pinned.root(), pinned.name(), since, kind, size, dagSize);
  }

  private boolean isWhole(Cid root) {
    Pin pin = known.get(root);
    return pin != null && pin.kind() == PinKind.RECURSIVE;
  }

  /** Kubo has looked whether all of it is there when it was pinned. */
  private void announce(Cid root) {
    Survey.Result found = survey(root);
    // who sees the root finds what is in it
    announced.add(root, found.entries()).forEach(own.holdings()::put);
    own.holdings().replace(found.root());
    known.computeIfPresent(
        root,
        (_, pin) ->
            new Pin(
                pin.root(),
                pin.name(),
                pin.since(),
                pin.kind(),
                found.root().size(),
                found.root().dagSize()));
  }

  private Survey.Result survey(Cid root) {
    boolean complete = data.sizeOf(root) >= 0;
    try {
      if (complete) {
        return Survey.of(data, root, HoldingKind.ROOT);
      }
    } catch (StoreFailedException | HashMismatchException e) {
      throw e; // nothing is known of it: it is asked for again
    } catch (BlockNotFoundException e) {
      complete = false;
    } catch (ContentException e) {
      LOG.log(Level.DEBUG, "a pinned DAG that is no file or directory", e);
    }
    return new Survey.Result(new Holding(root, -1, -1, complete, HoldingKind.ROOT), List.of());
  }

  private void forget(Cid root) {
    announced.remove(root).forEach(cid -> own.holdings().remove(cid, HoldingKind.ENTRY));
    Pin pin = own.pins().find(root);
    if (pin == null) {
      own.holdings().remove(root, HoldingKind.ROOT);
    } else {
      stock.accept(pin);
    }
  }

  @Override
  public Pin pin(Pin wanted) {
    Cid root = wanted.root().toV1();
    asking.lock();
    try {
      Pin before = known.get(root);
      if (before == null && known.size() >= KuboPins.MAX_KUBO_PINS) {
        throw new ContentLimitException(
            "there are " + KuboPins.MAX_KUBO_PINS + " pins in the Kubo, the most that can be");
      }
      boolean wider = before != null && before.kind() == PinKind.RECURSIVE;
      PinKind kind = wider ? PinKind.RECURSIVE : wanted.kind();
      kubo.add(wanted.root(), wanted.name(), kind);
      Pin pin =
          new Pin(
              wanted.root(), wanted.name(), wanted.since(), kind, wanted.size(), wanted.dagSize());
      known.put(root, pin);
      return pin;
    } catch (IOException e) {
      throw kubo.address().failed(e);
    } finally {
      asking.unlock();
    }
  }

  @Override
  public boolean unpin(Cid root) {
    Pin pin = known.get(root.toV1());
    asking.lock();
    try {
      boolean gone = kubo.remove(pin == null ? root : pin.root());
      known.remove(root.toV1());
      return gone;
    } catch (IOException e) {
      throw kubo.address().failed(e);
    } finally {
      asking.unlock();
    }
  }

  @Override
  public @Nullable Pin find(Cid root) {
    return known.get(root.toV1());
  }

  @Override
  public List<Pin> list() {
    return Pins.inOrder(known.values());
  }

  /** Asks no more. */
  @Override
  public void close() {
    timer.shutdownNow();
  }
}
