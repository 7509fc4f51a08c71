package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.BlockingWork;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.protocol.Deployed;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.ScriptRules;
import dev.limpet.protocol.config.FreeDisk;
import dev.limpet.runtimes.ShippedModule;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/** From the bytes of a deploy to a function that is kept, named, and on its way to nodes. */
public final class Deploys {
  /** Deploys at once; each holds its module in memory two or three times. */
  public static final int MAX_DEPLOYS = 2;

  /** Largest module; the gate's limit. */
  public static final int MAX_MODULE_BYTES = Intake.MAX_MODULE_BYTES;

  /** Largest script. */
  public static final int MAX_SCRIPT_BYTES = ScriptRules.MAX_SCRIPT_BYTES;

  /** Largest CAR with a function. */
  public static final int MAX_CAR_BYTES = Intake.MAX_CAR_BYTES;

  private final FunctionStore store;
  private final NameStore names;
  private final Catalog catalog;
  private final FreeDisk disk;
  private final ModuleFetch fetch;
  private final FunctionPush push;
  private final BlockingWork work;
  private final Intake intake = new Intake();
  private final ShippedParts shipped = new ShippedParts(intake);
  private final Permits permits = new Permits("deploys", MAX_DEPLOYS);

  /** What kind of bytes a deploy has. */
  public enum Form {
    /** A module. */
    WASM,
    /** A CAR with a manifest, a module, or both. */
    CAR,
    /** A manifest as JSON; its module is here or at a node. */
    MANIFEST,
    /** A script of one file, for the JavaScript runtime of this build. */
    SCRIPT
  }

  /**
   * The name to point at what is deployed.
   *
   * @param name the name
   * @param expected its version now, or null for any
   */
  public record Naming(String name, @Nullable Integer expected) {}

  /**
   * Where deployed functions go.
   *
   * @param store the functions, for reading
   * @param names the names, for reading
   * @param catalog changes both
   * @param disk that they are on
   */
  public record Shelf(FunctionStore store, NameStore names, Catalog catalog, FreeDisk disk) {}

  /** Deploys into these. */
  public Deploys(Shelf shelf, ModuleFetch fetch, FunctionPush push, BlockingWork work) {
    this.store = shelf.store;
    this.names = shelf.names;
    this.catalog = shelf.catalog;
    this.disk = shelf.disk;
    this.fetch = fetch;
    this.push = push;
    this.work = work;
  }

  /**
   * Takes a place for a deploy; {@link #leave} must follow. Fails with {@code overloaded}, or with
   * {@code disk-low} before the function is read.
   */
  public void enter() {
    disk.require(0);
    permits.take();
  }

  /** The deploy is over. */
  public void leave() {
    permits.release();
  }

  /** Deploys; what it answers is durable. */
  public Future<Deployed> deploy(Form form, Buffer body, @Nullable Naming naming) {
    return work.run(() -> open(form, body.getBytes(), naming))
        .compose(this::withModule)
        .compose(this::withScript)
        .compose(parcel -> work.run(() -> keep(parcel, naming)));
  }

  private Parcel open(Form form, byte[] body, @Nullable Naming naming) {
    if (naming != null && naming.expected() != null) {
      NameInfo now = names.find(naming.name());
      if (naming.expected() != (now == null ? 0 : now.version())) {
        throw new LimpetException(
            ErrorCode.VERSION_CONFLICT,
            naming.name() + " is not at version " + naming.expected() + "; nothing was deployed");
      }
    }
    Parcel parcel =
        switch (form) {
          case WASM -> intake.wasm(body);
          case CAR -> intake.car(body);
          case MANIFEST -> new Parcel(FunctionManifest.fromJson(body), null, null);
          case SCRIPT -> intake.script(body, shipped.cid(ShippedModule.JAVASCRIPT));
        };
    FunctionManifest manifest = parcel.manifest();
    if (manifest == null) {
      return parcel;
    }
    Intake.checkSupported(manifest);
    ModuleSource own =
        parcel.module() == null && !store.hasModule(manifest.module())
            ? shipped.find(manifest.module())
            : null;
    return own == null ? parcel : parcel.with(own);
  }

  /** A manifest whose module is not here: a node may have it as data. */
  private Future<Parcel> withModule(Parcel parcel) {
    FunctionManifest manifest = parcel.manifest();
    if (manifest == null || parcel.module() != null || store.hasModule(manifest.module())) {
      return Future.succeededFuture(parcel);
    }
    Cid module = manifest.module();
    return fetch.source(module).map(parcel::with);
  }

  /** The same for a script. */
  private Future<Parcel> withScript(Parcel parcel) {
    Cid script = parcel.manifest() == null ? null : parcel.manifest().script();
    return script == null || parcel.script() != null || store.hasScript(script)
        ? Future.succeededFuture(parcel)
        : fetch.script(script).map(parcel::with);
  }

  private Deployed keep(Parcel parcel, @Nullable Naming naming) {
    ModuleSource module = parcel.module();
    FunctionManifest manifest = parcel.function();
    Intake.checkSupported(manifest);
    if (module != null) {
      Intake.checkAbi(manifest, module.abi());
    }
    disk.require(parcel.bytes());
    Catalog.Kept kept = catalog.keep(parcel, naming);
    StoredFunction function = kept.function();
    NameInfo name = kept.name();
    push.begin(function);
    return new Deployed(
        function.cid(),
        function.module().cid(),
        name == null ? null : name.name(),
        name == null ? null : name.version());
  }
}
