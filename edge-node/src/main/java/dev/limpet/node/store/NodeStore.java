package dev.limpet.node.store;

import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.CachingBlockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Holding;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.StoreInfo;
import dev.limpet.protocol.config.FreeDisk;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The embedded store of a node, in one folder:
 *
 * <ul>
 *   <li>{@code blocks} and {@code pins}: what its owner keeps ({@link KeptDags});
 *   <li>{@code fetched}: what came from elsewhere for calls, and may go at any time ({@link
 *       FetchedDags});
 *   <li>{@code functions}: modules and manifests that the gateway pushed; a cache as well.
 * </ul>
 *
 * <p>What the owner keeps may be in a Kubo instead ({@link KuboStore}); what was in the folder
 * before stays there, and is served.
 *
 * <p>The folder belongs to one process, by a lock that dies with it.
 */
public final class NodeStore implements AutoCloseable {
  /** Blocks that are read often stay on the heap: this part of it for what is kept. */
  private static final int KEPT_HEAP_PART = 16;

  private static final int FETCHED_HEAP_PART = 32;

  private final Files packs;
  private final Blockstore kept;
  private final Blockstore fetched;
  private final Blockstore functions;
  private final PinSet pins;
  private final LocalBlocks data;
  private final LocalBlocks all;
  private final Holdings holdings = new Holdings(Runtime.getRuntime().maxMemory());
  private final Flusher flusher;
  private final Collector collector;
  private final KeptDags keptDags;
  private final KeptDags ownDags;
  private final @Nullable KuboDags kubo;
  private final FetchedDags fetchedDags;
  private final FreeDisk disk;
  private final BlockRemoval removal;
  private final Verifier verifier = new Verifier(this::verify);

  /**
   * How much of the disk each part may take.
   *
   * @param kept bytes of what is pinned
   * @param fetched bytes of what came from elsewhere
   * @param functions bytes of functions
   * @param minFree bytes of the disk that stay free
   */
  public record Quotas(long kept, long fetched, long functions, long minFree) {}

  /** The files of a store, open. */
  private record Files(
      PackBlockstore kept, PackBlockstore fetched, PackBlockstore functions, PinSet pins) {}

  private NodeStore(Files packs, FreeDisk disk, SyncRule rule, @Nullable KuboStore elsewhere) {
    this.packs = packs;
    this.disk = disk;
    long heap = Runtime.getRuntime().maxMemory();
    kept = new CachingBlockstore(packs.kept(), heap / KEPT_HEAP_PART);
    fetched = new CachingBlockstore(packs.fetched(), heap / FETCHED_HEAP_PART);
    functions = packs.functions();
    pins = packs.pins();
    KuboStore.Door door = elsewhere == null ? null : elsewhere.door(heap / KEPT_HEAP_PART);
    Blockstore far = door == null ? null : door.blocks();
    data = new LocalBlocks(stores(kept, fetched, far));
    all = new LocalBlocks(stores(kept, fetched, functions, far));
    packs.kept().alsoCount(pins::diskBytes);
    flusher = new Flusher(rule, kept, pins);
    Collector.Parts parts = new Collector.Parts(packs.kept(), kept, pins, holdings, new Intakes());
    collector = new Collector(parts);
    KeptDags.Disk free = new KeptDags.Disk(disk, flusher);
    KeptDags.Place folder = new KeptDags.Place(kept, kept, pins, packs.kept()::liveBytes);
    ownDags = new KeptDags(folder, parts, data, collector, free);
    kubo = door == null ? null : new KuboDags(door, data, parts, ownDags.stock()::take);
    if (kubo != null) {
      collector.spare(kubo::isEntry);
    }
    keptDags = kubo == null ? ownDags : new KeptDags(kubo.place(), parts, data, collector, free);
    fetchedDags =
        new FetchedDags(
            new FetchedDags.Room(packs.fetched(), fetched, disk), data, holdings, collector);
    removal = new BlockRemoval(parts, fetched, collector, fetchedDags);
  }

  /**
   * Opens the store, takes stock of what it holds, and begins to remove what a killed process left.
   *
   * @throws dev.limpet.content.block.StoreFailedException when another process has the folder or
   *     its files are damaged, with what to do
   */
  public static NodeStore open(Path directory, Quotas quotas) {
    return open(directory, quotas, SyncRule.ALWAYS);
  }

  /**
   * Opens the store, takes stock of what it holds, and begins to remove what a killed process left.
   *
   * @param rule when what was added reaches the disk
   * @throws dev.limpet.content.block.StoreFailedException when another process has the folder or
   *     its files are damaged, with what to do
   */
  public static NodeStore open(Path directory, Quotas quotas, SyncRule rule) {
    return open(directory, quotas, rule, null);
  }

  /**
   * The same, where a Kubo keeps what the owner adds; it need not answer yet.
   *
   * @param elsewhere the Kubo, or null
   */
  public static NodeStore open(
      Path directory, Quotas quotas, SyncRule rule, @Nullable KuboStore elsewhere) {
    NodeStore store =
        new NodeStore(
            openFiles(directory, quotas, rule),
            FreeDisk.of(directory, new FreeDisk.Rule(quotas.minFree(), "node", "unpin data")),
            rule,
            elsewhere);
    store.ownDags.stock().rebuild(store.pins, store.collector::submitSteps);
    if (store.kubo != null && elsewhere != null) {
      store.kubo.start(elsewhere.refresh());
    }
    store.collector.request();
    return store;
  }

  /** What costs a call to another process comes last. */
  private static List<Blockstore> stores(@Nullable Blockstore... stores) {
    return Stream.of(stores).filter(Objects::nonNull).map(Objects::requireNonNull).toList();
  }

  private static Files openFiles(Path directory, Quotas quotas, SyncRule rule) {
    Opening opening = new Opening();
    try {
      Files files =
          new Files(
              opening.opened(open(directory, "blocks", PackOptions.store(quotas.kept()))),
              opening.opened(open(directory, "fetched", PackOptions.cache(quotas.fetched()))),
              opening.opened(open(directory, "functions", PackOptions.cache(quotas.functions()))),
              opening.opened(openPins(directory.resolve("pins"), rule)));
      opening.done();
      return files;
    } finally {
      opening.close();
    }
  }

  private static PinSet openPins(Path file, SyncRule rule) {
    return rule.isAlways() ? PinSet.open(file) : PinSet.openUnflushed(file);
  }

  private static PackBlockstore open(Path directory, String name, PackOptions options) {
    return PackBlockstore.open(directory.resolve(name), options);
  }

  /** What was kept and fetched: the data that functions read and {@code /ipfs} serves. */
  public LocalBlocks data() {
    return data;
  }

  /** The data and the functions. */
  public LocalBlocks all() {
    return all;
  }

  /** Where blocks of functions go; the oldest go when room is needed. */
  public Blockstore functions() {
    return functions;
  }

  /** What this node holds, and who wants to be told. */
  public Holdings holdings() {
    return holdings;
  }

  /** What the owner keeps. */
  public KeptDags kept() {
    return keptDags;
  }

  /** What came from elsewhere for calls. */
  public FetchedDags fetched() {
    return fetchedDags;
  }

  /**
   * Whether every block below a CID is here; nothing is announced.
   *
   * @throws dev.limpet.content.block.ContentException when a block does not parse
   */
  public boolean isWhole(Cid cid) {
    return holdings.isComplete(cid) || DagCheck.isComplete(data, cid);
  }

  /**
   * Refuses what is not here whole.
   *
   * @throws LimpetException {@code data-not-found}
   * @throws ContentException when a block does not parse
   */
  public void requireWhole(Cid cid) {
    if (!isWhole(cid)) {
      throw new LimpetException(ErrorCode.DATA_NOT_FOUND, "this node does not have all of " + cid);
    }
  }

  /**
   * About how many bytes the blocks of a DAG that is here have, each time they are linked; -1 when
   * that is not known.
   */
  public long dagSize(Cid cid) {
    Holding known = holdings.get(cid);
    return known == null || known.dagSize() < 0 ? Survey.dagSize(data, cid) : known.dagSize();
  }

  /** Whether so many bytes may be written to the disk; {@code min-free} of it stays free. */
  public boolean hasRoom(long bytes) {
    return disk.allows(bytes);
  }

  /** Bytes on the disk of all parts. */
  public long storedBytes() {
    return kept.storedBytes() + fetched.storedBytes() + functions.storedBytes();
  }

  /** Bytes on the disk of what is kept; of a Kubo all that it has. */
  public long keptBytes() {
    return kubo == null ? kept.storedBytes() : kubo.state().stored();
  }

  /** Bytes that may be kept. */
  public long quotaBytes() {
    return kubo == null ? kept.quotaBytes() : kubo.state().most();
  }

  /**
   * Which store keeps the owner's data: {@code embedded}, {@code kubo} or {@code
   * java-ipfs-http-client}.
   */
  public String backend() {
    return kubo == null ? "embedded" : kubo.door().backend();
  }

  /** The same with the version of that store, where it has one of its own. */
  public String backendVersion() {
    return kubo == null ? backend() : kubo.door().withVersion(kubo.state().version());
  }

  /** Where the Kubo is that keeps the owner's data; null when the node does. */
  public @Nullable String elsewhere() {
    return kubo == null ? null : kubo.door().address().toString();
  }

  /** Why what is kept cannot be reached now; null when it can. */
  public @Nullable String trouble() {
    String trouble = kubo == null ? "" : kubo.state().trouble();
    return trouble.isEmpty() ? null : "the Kubo that keeps the data fails: " + trouble;
  }

  /**
   * Collects garbage now, in small steps, and returns when that is done.
   *
   * @throws dev.limpet.content.block.ContentException when a pinned DAG is damaged: nothing goes
   *     then
   */
  public Collector.Collected collect() {
    return collector.collect();
  }

  /**
   * Collects garbage, and tells of each block that went.
   *
   * @throws dev.limpet.content.block.ContentException as {@link #collect()}
   */
  public Collector.Collected collect(Consumer<Cid> gone) {
    return collector.collect(gone);
  }

  /** Removes single blocks that no pin reaches. */
  public BlockRemoval removal() {
    return removal;
  }

  /**
   * Visits every block that was kept or fetched; one that is in both places comes once.
   *
   * @param visitor gets the CID of each, of version 1 and raw where its hash is SHA2-256
   */
  public void visitBlocks(Consumer<Cid> visitor) {
    packs.kept().visitBlocks(visitor);
    packs
        .fetched()
        .visitBlocks(
            cid -> {
              if (!packs.kept().has(cid)) {
                visitor.accept(cid);
              }
            });
  }

  /** The store in numbers. */
  public StoreInfo info() {
    List<Pin> kept = keptDags.pins();
    return new StoreInfo(
        packs.kept().blocks(),
        this.kept.storedBytes(),
        packs.kept().liveBytes(),
        quotaBytes(),
        kept.size(),
        kept.stream().filter(pin -> !keptDags.isWhole(pin)).count(),
        fetched.storedBytes(),
        functions.storedBytes());
  }

  /**
   * Reads and hashes every block, and walks every pinned DAG, as fast as it goes.
   *
   * @param read gets the number of bytes of each block
   * @return what was found
   */
  public StoreCheck verify(LongConsumer read) {
    return verify(read, () -> {});
  }

  private StoreCheck verify(LongConsumer read, Runnable step) {
    List<PackBlockstore> all = List.of(packs.kept(), packs.fetched(), packs.functions());
    Verification.Parts parts = new Verification.Parts(all, data, pins, keptDags.stock()::take);
    return new Verification(parts, read, step).run();
  }

  /** Verifies beside traffic. */
  public Verifier verifier() {
    return verifier;
  }

  @Override
  public void close() {
    Blockstore far = kubo == null ? null : kubo.door().blocks();
    try (kept;
        fetched;
        functions;
        far;
        pins) {
      verifier.close();
      if (kubo != null) {
        kubo.close();
      }
      collector.close();
      flusher.close();
    }
  }
}
