package dev.limpet.gateway.name;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NameInfo;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Names that users made, and beside them those that come with the product, which nobody changes. A
 * name that a user made before the product had it stays the user's until it is removed.
 */
public final class BuiltInNames implements NameStore {
  private final NameStore made;
  private final TreeMap<String, NameInfo> shipped = new TreeMap<>();

  /**
   * @param made what users made and make
   * @param shipped names of the product, each with one version
   */
  public BuiltInNames(NameStore made, List<NameInfo> shipped) {
    this.made = made;
    shipped.forEach(name -> this.shipped.put(name.name(), name));
  }

  @Override
  public boolean isBuiltIn(String name) {
    return made.find(name) == null && shipped.containsKey(name);
  }

  @Override
  public @Nullable NameInfo find(String name) {
    NameInfo found = made.find(name);
    return found == null ? shipped.get(name) : found;
  }

  @Override
  public @Nullable Cid resolve(String name, @Nullable Integer version) {
    NameInfo builtIn = isBuiltIn(name) ? shipped.get(name) : null;
    if (builtIn == null) {
      return made.resolve(name, version);
    }
    return version == null || version == builtIn.version() ? builtIn.function() : null;
  }

  @Override
  public List<NameInfo> list(@Nullable String after, int limit) {
    var further = after == null ? shipped : shipped.tailMap(after, false);
    Stream<NameInfo> both =
        Stream.concat(
            made.list(after, limit).stream(),
            further.values().stream().filter(name -> isBuiltIn(name.name())));
    return both.sorted((one, other) -> one.name().compareTo(other.name())).limit(limit).toList();
  }

  @Override
  public List<String> namesOf(Cid function) {
    Stream<String> builtIn =
        shipped.values().stream()
            .filter(name -> name.function().equals(function) && isBuiltIn(name.name()))
            .map(NameInfo::name);
    return Stream.concat(made.namesOf(function).stream(), builtIn).sorted().toList();
  }

  @Override
  public NameInfo point(String name, Cid function, @Nullable Integer expected) {
    requireMade(name);
    return made.point(name, function, expected);
  }

  @Override
  public NameInfo rollback(String name, @Nullable Integer to, @Nullable Integer expected) {
    requireMade(name);
    return made.rollback(name, to, expected);
  }

  @Override
  public void remove(String name, @Nullable Integer expected) {
    requireMade(name);
    made.remove(name, expected);
  }

  @Override
  public void requireMade(String name) {
    if (isBuiltIn(name)) {
      throw new LimpetException(
          ErrorCode.BAD_NAME,
          name + " is built in: it comes with Limpet and stays as it is; choose another name");
    }
  }
}
