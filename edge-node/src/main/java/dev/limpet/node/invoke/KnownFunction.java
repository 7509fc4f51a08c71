package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ManifestLimit;
import dev.limpet.wasmhost.SandboxLimits;
import java.time.Duration;

/**
 * A function as this node runs it: its manifest decoded and its limits worked out, once.
 *
 * @param cid of the manifest
 * @param manifest checked against the CID
 * @param limits of each Execution
 * @param wall time of each Execution at most
 */
record KnownFunction(Cid cid, FunctionManifest manifest, SandboxLimits limits, Duration wall) {
  /** The wall time of the profile. */
  static final Duration WALL = Duration.ofSeconds(10);

  private static final String BYTES = "application/octet-stream";
  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * Checks a manifest and reads it.
   *
   * @throws LimpetException {@code bad-manifest} when the block is not the one that the CID names,
   *     or no manifest; {@code not-supported} when it asks for what this build does not have
   */
  static KnownFunction of(Cid function, byte[] block) {
    if (!function.multihash().matches(block)) {
      throw new LimpetException(
          ErrorCode.BAD_MANIFEST, "the manifest's bytes do not hash to " + function);
    }
    FunctionManifest manifest = FunctionManifest.fromBlock(block);
    if (!manifest.cid().equals(function)) {
      throw new LimpetException(
          ErrorCode.BAD_MANIFEST, "a function is named by " + manifest.cid() + ", not " + function);
    }
    if (!manifest.unsupported().isEmpty()) {
      throw new LimpetException(ErrorCode.NOT_SUPPORTED, String.join("; ", manifest.unsupported()));
    }
    try {
      return new KnownFunction(function, manifest, limits(manifest), wall(manifest));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(
          ErrorCode.NOT_SUPPORTED, "the manifest sets a limit too high: " + e.getMessage(), e);
    }
  }

  private static SandboxLimits limits(FunctionManifest manifest) {
    SandboxLimits profile = SandboxLimits.pure0();
    return new SandboxLimits(
        manifest.limit(ManifestLimit.MEMORY).orElse(profile.memoryBytes()),
        manifest.limit(ManifestLimit.FUEL).orElse(profile.fuel()),
        manifest.limit(ManifestLimit.OUTPUT).orElse(profile.outputBytes()),
        Math.toIntExact(manifest.limit(ManifestLimit.LOG).orElse(profile.logBytes())),
        Math.toIntExact(manifest.limit(ManifestLimit.OPEN_FILES).orElse(profile.openFiles())),
        manifest.limit(ManifestLimit.SCRATCH).orElse(profile.scratchBytes()),
        Math.toIntExact(manifest.limit(ManifestLimit.CALL_DEPTH).orElse(profile.callDepth())));
  }

  private static Duration wall(FunctionManifest manifest) {
    return Duration.ofMillis(manifest.limit(ManifestLimit.WALL).orElse(WALL.toMillis()));
  }

  /** Content-Type of its answers. */
  String contentType() {
    String own = manifest.contentType();
    if (own != null) {
      return own;
    }
    return manifest.effectiveAbi() == Abi.RAW ? BYTES : TEXT;
  }
}
