package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.ManifestLimit;
import dev.limpet.wasmhost.SandboxLimits;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KnownFunctionTest {
  private static final Cid MODULE = Cid.of(Multicodec.RAW, new byte[] {1});

  private static KnownFunction known(String more) {
    String json = "{\"v\":1,\"module\":\"" + MODULE + "\"" + more + "}";
    FunctionManifest manifest = FunctionManifest.fromJson(json.getBytes(StandardCharsets.UTF_8));
    return KnownFunction.of(manifest.cid(), manifest.encode());
  }

  private static KnownFunction limited(ManifestLimit limit, long value) {
    return known(",\"limits\":{\"" + limit.key() + "\":" + value + "}");
  }

  @ParameterizedTest
  @EnumSource
  void what_the_manifest_says_is_supported_fits_the_sandbox(ManifestLimit limit) {
    for (long value : new long[] {limit.least(), limit.supported()}) {
      KnownFunction function = limited(limit, value);
      SandboxLimits limits = function.limits();
      long taken =
          switch (limit) {
            case MEMORY -> limits.memoryBytes();
            case FUEL -> limits.fuel();
            case OUTPUT -> limits.outputBytes();
            case LOG -> limits.logBytes();
            case OPEN_FILES -> limits.openFiles();
            case SCRATCH -> limits.scratchBytes();
            case CALL_DEPTH -> limits.callDepth();
            case WALL -> function.wall().toMillis();
          };
      assertEquals(value, taken);
    }
  }

  @Test
  void what_is_not_set_is_a_constant_of_the_profile() {
    assertEquals(SandboxLimits.pure0(), known("").limits());
    assertEquals(Duration.ofSeconds(10), known("").wall());
  }

  @Test
  void more_than_this_build_has_is_not_supported() {
    LimpetException e =
        assertThrows(LimpetException.class, () -> limited(ManifestLimit.MEMORY, 2L << 30));
    assertEquals(ErrorCode.NOT_SUPPORTED, e.code());
  }

  @Test
  void a_manifest_is_the_one_that_its_cid_names() {
    byte[] block = FunctionManifest.ofModule(MODULE, Abi.COMMAND).encode();
    LimpetException e = assertThrows(LimpetException.class, () -> KnownFunction.of(MODULE, block));
    assertEquals(ErrorCode.BAD_MANIFEST, e.code());
  }

  @Test
  void a_size_that_is_asked_for_is_no_touch() {
    BlockCounter counter = new BlockCounter(_ -> new byte[] {1});
    assertEquals(1, counter.sizeOf(MODULE));
    assertEquals(0, counter.blocks());
    counter.get(MODULE);
    counter.get(MODULE);
    assertEquals(1, counter.blocks());
    assertEquals(1, counter.bytes());
  }
}
