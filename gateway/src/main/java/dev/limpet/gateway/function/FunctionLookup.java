package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.LimpetException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** From what a caller names to the function that is meant; from memory, except for fetches. */
public final class FunctionLookup {
  private final FunctionStore store;
  private final NameStore names;
  private final ModuleFetch fetch;

  /** Looks in these. */
  public FunctionLookup(FunctionStore store, NameStore names, ModuleFetch fetch) {
    this.store = store;
    this.names = names;
    this.fetch = fetch;
  }

  /**
   * The function that is kept here under a name, a version of a name, the CID of a manifest or of a
   * module; null for a CID that is not kept.
   *
   * @throws LimpetException {@code name-not-found}, or {@code function-not-found} when a version
   *     points at what was removed
   */
  public @Nullable StoredFunction kept(FunctionRef ref) {
    return switch (ref) {
      case FunctionRef.ByCid byCid -> kept(byCid.cid());
      case FunctionRef.ByName byName -> named(byName);
    };
  }

  /** Whether this is the name of a function that nobody deployed: it comes with the product. */
  public boolean isBuiltIn(FunctionRef ref) {
    return ref instanceof FunctionRef.ByName byName && names.isBuiltIn(byName.name());
  }

  /** What a function asks of a node. */
  public Needs needs(StoredFunction function) {
    return function.needs(() -> !names.namesOf(function.cid()).isEmpty());
  }

  /** The function of a manifest or module that is kept here, or null. */
  public @Nullable StoredFunction kept(Cid manifestOrModule) {
    Cid cid = manifestOrModule.toV1();
    StoredFunction function = store.find(cid);
    return function != null ? function : store.ofModule(cid);
  }

  private StoredFunction named(FunctionRef.ByName ref) {
    Cid cid = names.resolve(ref.name(), ref.version());
    if (cid == null) {
      throw new LimpetException(
          ErrorCode.NAME_NOT_FOUND,
          names.find(ref.name()) == null
              ? "there is no name " + ref.name()
              : ref.name() + " has no version " + ref.version());
    }
    StoredFunction function = store.find(cid);
    if (function == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, ref + " points at " + cid + ", which was removed");
    }
    return function;
  }

  /**
   * As {@link #kept}, and brings a module here that a node holds as data. Fails also with {@code
   * function-not-found}.
   */
  public Future<StoredFunction> find(FunctionRef ref) {
    try {
      StoredFunction function = kept(ref);
      if (function != null) {
        return Future.succeededFuture(function);
      }
    } catch (LimpetException e) {
      return Future.failedFuture(e);
    }
    return ref instanceof FunctionRef.ByCid byCid
        ? fetch.function(byCid.cid().toV1())
        : Future.failedFuture(new IllegalStateException("a name is kept or not found"));
  }
}
