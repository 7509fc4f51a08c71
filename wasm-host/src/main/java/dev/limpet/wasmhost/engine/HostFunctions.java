package dev.limpet.wasmhost.engine;

import dev.limpet.wasmgate.ImportedName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All functions that guests may import, by their two names. */
public final class HostFunctions {

  private final Map<ImportedName, HostFunction> byName = new HashMap<>();

  /** Takes them all; later ones replace earlier ones of the same name. */
  public HostFunctions(List<HostFunction> functions) {
    for (HostFunction function : functions) {
      byName.put(new ImportedName(function.module(), function.name()), function);
    }
  }

  @Nullable HostFunction find(String module, String name) {
    return byName.get(new ImportedName(module, name));
  }
}
