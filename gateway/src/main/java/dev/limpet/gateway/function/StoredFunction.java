package dev.limpet.gateway.function;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.placement.Needs;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.FunctionInfo;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.ManifestLimit;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * A function that this gateway keeps, with everything that a call needs of it.
 *
 * @param cid of the manifest
 * @param manifest what it says
 * @param block its block
 * @param module what is known of its module
 * @param createdAt when it was first deployed here
 */
public record StoredFunction(
    Cid cid, FunctionManifest manifest, ByteString block, StoredModule module, Instant createdAt) {
  /** Guest memory under the profile, where the manifest says nothing. */
  private static final long PROFILE_MEMORY_BYTES = 64L << 20;

  /** The roots of what it needs besides its manifest: its module, and its script if it has one. */
  public List<Cid> parts() {
    return manifest.parts();
  }

  /** How much memory a guest of it may take, in bytes. */
  public long memoryBytes() {
    return manifest.limit(ManifestLimit.MEMORY).orElse(PROFILE_MEMORY_BYTES);
  }

  /**
   * What it asks of a node.
   *
   * @param deployed whether a name points at it
   */
  public Needs needs(BooleanSupplier deployed) {
    return new Needs(manifest.requires(), module.cid(), deployed);
  }

  /** As lists show it. */
  public FunctionInfo toInfo(List<String> names, boolean builtIn) {
    return new FunctionInfo(
        cid, module.cid(), manifest.effectiveAbi(), module.size(), names, builtIn, createdAt);
  }

  /**
   * A module that is kept.
   *
   * @param cid its CID
   * @param size its bytes
   * @param abi how it is called by default
   */
  public record StoredModule(Cid cid, long size, Abi abi) {}
}
