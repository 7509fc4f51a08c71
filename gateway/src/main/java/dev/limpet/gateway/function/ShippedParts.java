package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.runtimes.ShippedModule;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The modules that come with the product, by their CIDs; their bytes are read when one is asked
 * for.
 */
final class ShippedParts {
  private final Intake intake;
  private final Map<ShippedModule, Cid> cids = new EnumMap<>(ShippedModule.class);

  ShippedParts(Intake intake) {
    this.intake = intake;
  }

  /** The CID of one. */
  synchronized Cid cid(ShippedModule module) {
    return cids.computeIfAbsent(module, one -> intake.imported(one.bytes()));
  }

  /** The one of that CID, or null. */
  @Nullable ModuleSource find(Cid cid) {
    for (ShippedModule module : ShippedModule.values()) {
      if (cid(module).equals(cid)) {
        return intake.wasm(module.bytes()).module();
      }
    }
    return null;
  }
}
