package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.name.NameStore;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import dev.limpet.protocol.NameVersion;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All changes of functions and names, one at a time.
 *
 * <p>Invariants. A name points only at a function that is kept when the name is changed. What the
 * newest version of a name points at is never removed. When the quota is used up, a new function
 * pushes out others: first those that no version of any name points at, then those of older
 * versions, the oldest first. Everything here blocks.
 */
public final class Catalog {
  private static final System.Logger LOG = System.getLogger(Catalog.class.getName());

  private final FunctionStore store;
  private final NameStore names;

  /** Changes these; nobody else may. */
  public Catalog(FunctionStore store, NameStore names) {
    this.store = store;
    this.names = names;
  }

  /**
   * What a change left.
   *
   * @param function that was deployed
   * @param name that points at it now, or null
   */
  record Kept(StoredFunction function, @Nullable NameInfo name) {}

  /** Keeps a function and points a name at it; as {@link FunctionStore#add}. */
  synchronized Kept keep(Parcel parcel, Deploys.@Nullable Naming naming) {
    if (naming != null) {
      names.requireMade(naming.name());
    }
    StoredFunction function = add(parcel);
    NameInfo name =
        naming == null ? null : names.point(naming.name(), function.cid(), naming.expected());
    return new Kept(function, name);
  }

  private StoredFunction add(Parcel parcel) {
    while (true) {
      try {
        return store.add(parcel);
      } catch (LimpetException e) {
        StoredFunction victim =
            e.code() == ErrorCode.QUOTA_EXCEEDED ? victim(parcel.function()) : null;
        if (victim == null) {
          throw e;
        }
        LOG.log(Level.INFO, "{0} is removed to make room", victim.cid());
        store.remove(victim);
      }
    }
  }

  private @Nullable StoredFunction victim(FunctionManifest wanted) {
    Set<Cid> current = new HashSet<>();
    Set<Cid> older = new HashSet<>();
    for (NameInfo name : names.list(null, NameStore.MAX_NAMES_KEPT)) {
      current.add(name.function());
      name.history().stream().map(NameVersion::function).forEach(older::add);
    }
    return store.list(null, FunctionStore.MAX_FUNCTIONS).stream()
        .filter(function -> !current.contains(function.cid()))
        .filter(function -> !wanted.parts().containsAll(function.parts()))
        .min(
            Comparator.comparing((StoredFunction function) -> older.contains(function.cid()))
                .thenComparing(StoredFunction::createdAt))
        .orElse(null);
  }

  /**
   * Removes a function.
   *
   * @throws LimpetException {@code function-in-use} when a name points at it, {@code
   *     function-not-found}
   */
  public synchronized void remove(Cid manifest) {
    requireDeployed(manifest);
    StoredFunction function = store.find(manifest);
    if (function == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, "no function " + manifest + " is kept here");
    }
    var using = names.namesOf(manifest);
    if (!using.isEmpty()) {
      throw new LimpetException(
          ErrorCode.FUNCTION_IN_USE,
          "the name " + using.getFirst() + " points at it; limpet name rm " + using.getFirst());
    }
    store.remove(function);
  }

  private void requireDeployed(Cid function) {
    BuiltIn builtIn = store.builtIn(function);
    if (builtIn != null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_IN_USE,
          builtIn.name() + " is built in: it comes with Limpet, has that name and stays");
    }
  }

  /**
   * Points a name at a function that was deployed, since a built-in one changes with the product;
   * as {@link NameStore#point}.
   */
  public synchronized NameInfo point(String name, Cid function, @Nullable Integer expected) {
    requireDeployed(function);
    requireKept(function);
    return names.point(name, function, expected);
  }

  /** As {@link NameStore#rollback}, to a version whose function is still kept. */
  public synchronized NameInfo rollback(
      String name, @Nullable Integer to, @Nullable Integer expected) {
    NameInfo before = names.find(name);
    Cid target = before == null ? null : target(before, to);
    if (target != null) {
      requireKept(target);
    }
    return names.rollback(name, to, expected);
  }

  private static @Nullable Cid target(NameInfo name, @Nullable Integer to) {
    int version = to == null ? -1 : to;
    return name.history().stream()
        .skip(to == null ? 1 : 0)
        .filter(one -> version < 0 || one.version() == version)
        .map(NameVersion::function)
        .findFirst()
        .orElse(null);
  }

  /** As {@link NameStore#remove}; the functions stay, and may be pushed out now. */
  public synchronized void removeName(String name, @Nullable Integer expected) {
    names.remove(name, expected);
  }

  private void requireKept(Cid function) {
    if (store.find(function) == null) {
      throw new LimpetException(
          ErrorCode.FUNCTION_NOT_FOUND, "the function " + function + " is not kept here any more");
    }
  }
}
