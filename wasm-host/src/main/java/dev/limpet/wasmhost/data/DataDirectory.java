package dev.limpet.wasmhost.data;

import org.jspecify.annotations.Nullable;

/** A directory that a guest can list and look into. */
public non-sealed interface DataDirectory extends DataNode {

  /** The entry of that name, or null when there is none. The name holds no slash. */
  @Nullable DataNode lookup(String name);

  /**
   * Entries in the order of the unsigned bytes of their names in UTF-8.
   *
   * @param afterName entries up to and with this name are left out; null starts at the first
   * @param limit at most so many entries, at least 1
   */
  DataPage list(@Nullable String afterName, int limit);
}
