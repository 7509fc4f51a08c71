package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.FunctionManifest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came in with a deploy.
 *
 * @param manifest if there was one
 * @param module if it came along
 * @param script if it came along
 */
record Parcel(
    @Nullable FunctionManifest manifest,
    @Nullable ModuleSource module,
    @Nullable ScriptSource script) {

  Parcel with(ModuleSource other) {
    return new Parcel(manifest, other, script);
  }

  Parcel with(ScriptSource other) {
    return new Parcel(manifest, module, other);
  }

  /** The function: what the manifest says, or the default of a bare module. */
  FunctionManifest function() {
    if (manifest != null) {
      return manifest;
    }
    if (module == null) {
      throw new IllegalStateException("a parcel has a manifest or a module");
    }
    return FunctionManifest.ofModule(module.cid(), module.abi());
  }

  /** What of it is below that root, or null. */
  @Nullable KeptDag part(Cid root) {
    return parts().stream().filter(part -> part.cid().equals(root)).findFirst().orElse(null);
  }

  /** Bytes of what came along. */
  long bytes() {
    return parts().stream().mapToLong(KeptDag::size).sum();
  }

  private List<KeptDag> parts() {
    List<KeptDag> parts = new ArrayList<>();
    if (module != null) {
      parts.add(module);
    }
    if (script != null) {
      parts.add(script);
    }
    return parts;
  }
}
