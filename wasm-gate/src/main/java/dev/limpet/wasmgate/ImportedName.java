package dev.limpet.wasmgate;

import static java.util.Objects.requireNonNull;

/**
 * What a module wants from its host, by its two-level name. Both parts come from the module: show
 * them only escaped.
 *
 * @param module the module part, for example {@code wasi_snapshot_preview1}
 * @param name the field part, for example {@code fd_write}
 */
public record ImportedName(String module, String name) {

  /** Both parts are needed; either may be empty, as in the binary format. */
  public ImportedName {
    requireNonNull(module, "module");
    requireNonNull(name, "name");
  }

  /** Written out: the JDK makes that of a record by code that it generates, 0.5 MiB of a start. */
  @Override
  public int hashCode() {
    return 31 * module.hashCode() + name.hashCode();
  }

  /** {@code module.name}. */
  @Override
  public String toString() {
    return module + "." + name;
  }
}
