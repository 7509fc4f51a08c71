package dev.limpet.gateway.function;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.BlockSource;
import dev.limpet.content.block.Blockstore;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagLimits;
import dev.limpet.gateway.store.Database;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * The functions of this gateway.
 *
 * <p>Invariants. A function that a reader sees is durable: rows in the database and blocks in the
 * store were synced before memory was changed. The order of writing is rows that announce the
 * blocks, blocks, sync, row that makes them count; deleting goes the other way round ({@link
 * FunctionTable}); what a crash leaves in between is swept at the next start. Changes happen one at
 * a time; readers never wait. The bytes of modules are under the store's quota, the manifests are
 * bounded by {@link #MAX_FUNCTIONS}.
 */
public final class FunctionStore {
  /** Functions that are kept; each takes about a kilobyte of memory. */
  public static final int MAX_FUNCTIONS = 10_000;

  private static final System.Logger LOG = System.getLogger(FunctionStore.class.getName());

  private final FunctionTable table;
  private final Blockstore blocks;
  private final InstantSource clock;
  private final Map<Cid, StoredFunction.StoredModule> modules = new ConcurrentHashMap<>();
  private final Set<Cid> scripts = ConcurrentHashMap.newKeySet();
  private final ConcurrentSkipListMap<Cid, StoredFunction> functions =
      new ConcurrentSkipListMap<>();
  private final List<BuiltIn> builtIn = BuiltIn.all();

  /** Opens what is kept, after sweeping what a crash left. */
  public FunctionStore(Database database, Blockstore blocks, InstantSource clock) {
    this.table = new FunctionTable(database);
    this.blocks = blocks;
    this.clock = clock;
    table.unfinishedModules().forEach(this::deleteModule);
    table.readyModules().forEach(module -> modules.put(module.cid(), module));
    scripts.addAll(table.readyScripts());
    for (FunctionTable.Row row : table.functions()) {
      StoredFunction.StoredModule module = modules.get(row.module());
      if (module != null) {
        Cid cid = row.manifest().cid();
        functions.put(
            cid, new StoredFunction(cid, row.manifest(), row.block(), module, row.createdAt()));
      }
    }
    for (Cid block : table.readyBlocks()) {
      if (!blocks.has(block)) {
        LOG.log(Level.ERROR, "block {0} of a function is lost; deploy it again", block);
      }
    }
  }

  /** The functions that come with the product. */
  public List<BuiltIn> builtIn() {
    return builtIn;
  }

  /** The one of them that has that manifest and was not deployed as well, or null. */
  public @Nullable BuiltIn builtIn(Cid manifest) {
    for (BuiltIn one : builtIn) {
      if (one.function().cid().equals(manifest) && !functions.containsKey(manifest)) {
        return one;
      }
    }
    return null;
  }

  /** The function with that manifest, built in or deployed; or null. */
  public @Nullable StoredFunction find(Cid manifest) {
    StoredFunction deployed = functions.get(manifest);
    if (deployed != null) {
      return deployed;
    }
    BuiltIn one = builtIn(manifest);
    return one == null ? null : one.function();
  }

  /**
   * The function that a bare module CID means: its default manifest, which need not have been
   * deployed; null when the module is not kept here.
   */
  public @Nullable StoredFunction ofModule(Cid module) {
    StoredFunction.StoredModule kept = modules.get(module);
    if (kept == null) {
      return null;
    }
    FunctionManifest manifest = FunctionManifest.ofModule(module, kept.abi());
    StoredFunction deployed = functions.get(manifest.cid());
    return deployed != null ? deployed : describe(manifest, kept, clock.instant());
  }

  private static StoredFunction describe(
      FunctionManifest manifest, StoredFunction.StoredModule module, Instant at) {
    Block block = manifest.toBlock();
    return new StoredFunction(block.cid(), manifest, ByteString.of(block.bytes()), module, at);
  }

  /** Whether the module is kept here. */
  public boolean hasModule(Cid module) {
    return modules.containsKey(module);
  }

  /** Whether the script is kept here. */
  boolean hasScript(Cid script) {
    return scripts.contains(script);
  }

  /**
   * Functions that were deployed, in the order of their CIDs, after {@code after} or from the
   * beginning.
   */
  public List<StoredFunction> list(@Nullable Cid after, int limit) {
    var from = after == null ? functions : functions.tailMap(after, false);
    return from.values().stream().limit(limit).toList();
  }

  /** How many functions are kept. */
  public int size() {
    return functions.size();
  }

  /** Bytes of modules that are kept. */
  public long storedBytes() {
    return blocks.storedBytes();
  }

  /**
   * Keeps a function; durable when this returns. Keeping it again changes nothing.
   *
   * @param parcel what it is, and what it needs where that is not kept here already
   * @throws LimpetException {@code quota-exceeded}, or {@code function-not-found} for a module or a
   *     script that is not here
   */
  synchronized StoredFunction add(Parcel parcel) {
    FunctionManifest manifest = parcel.function();
    StoredFunction known = functions.get(manifest.cid());
    if (known != null) {
      return known;
    }
    if (functions.size() >= MAX_FUNCTIONS) {
      throw new LimpetException(
          ErrorCode.QUOTA_EXCEEDED,
          "this gateway keeps at most " + MAX_FUNCTIONS + " functions; remove some");
    }
    Cid script = manifest.script();
    keep(missing(parcel, script));
    StoredFunction.StoredModule module = module(parcel, manifest.module());
    StoredFunction function = describe(manifest, module, Instant.ofEpochMilli(clock.millis()));
    table.finish(function);
    modules.put(module.cid(), module);
    if (script != null && !modules.containsKey(script)) {
      scripts.add(script);
    }
    functions.put(function.cid(), function);
    return function;
  }

  /** What is not kept yet. A DAG has one row, so what is a script here is no module too. */
  private List<KeptDag> missing(Parcel parcel, @Nullable Cid script) {
    Cid module = parcel.function().module();
    if (module.equals(script) || scripts.contains(module)) {
      throw new LimpetException(
          ErrorCode.BAD_MANIFEST, "the module " + module + " is a script, too; it can be only one");
    }
    List<KeptDag> missing = new ArrayList<>();
    if (!modules.containsKey(module)) {
      missing.add(needed(parcel, module, "module"));
    }
    if (script != null && !scripts.contains(script) && !modules.containsKey(script)) {
      missing.add(needed(parcel, script, "script"));
    }
    return missing;
  }

  private static KeptDag needed(Parcel parcel, Cid root, String what) {
    KeptDag part = parcel.part(root);
    if (part == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND,
          "the " + what + " " + root + " is not here; send it together with the manifest as a CAR");
    }
    return part;
  }

  private StoredFunction.StoredModule module(Parcel parcel, Cid cid) {
    StoredFunction.StoredModule kept = modules.get(cid);
    if (kept != null) {
      return kept;
    }
    ModuleSource module = parcel.module();
    if (module == null) {
      throw new IllegalStateException("what was missing came along");
    }
    return new StoredFunction.StoredModule(module.cid(), module.size(), module.abi());
  }

  private void keep(List<KeptDag> missing) {
    try {
      for (KeptDag part : missing) {
        table.begin(part);
        part.blocks().forEach(blocks::put);
      }
      blocks.sync();
    } catch (ContentException e) {
      missing.forEach(part -> deleteModule(part.cid()));
      throw ContentFaults.toAnswer(e);
    }
  }

  /** Removes a function, and its module and script with the last function that has them. */
  public synchronized void remove(StoredFunction function) {
    functions.remove(function.cid());
    for (Cid unused : table.remove(function)) {
      modules.remove(unused);
      scripts.remove(unused);
      deleteModule(unused);
    }
  }

  /** Deletes the blocks of a module or script that is not ready; a block may not be there. */
  private void deleteModule(Cid module) {
    for (Cid block : table.ownBlocks(module)) {
      blocks.delete(block);
    }
    table.forget(module);
  }

  /** Blocks of functions: of modules and of manifests. */
  public BlockSource blocks() {
    return cid -> {
      StoredFunction function = functions.get(cid);
      return function != null ? function.block().toBytes() : blocks.get(cid);
    };
  }

  /** Writes manifest, module and script as a CAR whose root is the manifest. */
  public void writeCar(StoredFunction function, OutputStream out) throws IOException {
    CarWriter car = new CarWriter(out, List.of(function.cid()));
    car.write(new Block(function.cid(), function.block().toBytes()));
    BuiltIn shipped = builtIn(function.cid());
    Set<Cid> written = new HashSet<>();
    for (Cid part : function.parts()) {
      Dag.walk(
          shipped == null ? blocks : shipped.blocks(),
          part,
          DagLimits.standard(),
          (cid, bytes) -> {
            if (written.add(cid)) {
              write(car, new Block(cid, bytes));
            }
          });
    }
  }

  private static void write(CarWriter car, Block block) {
    try {
      car.write(block);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
