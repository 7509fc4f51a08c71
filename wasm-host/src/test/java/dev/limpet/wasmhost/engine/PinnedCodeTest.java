package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.limpet.wasmgate.WasmBuilder;
import dev.limpet.wasmgate.WasmCode;
import dev.limpet.wasmhost.split.SplitLimits;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What is made of a module, pinned to the version that cached code is known by: a node that keeps
 * code of another pass under the same key runs what its neighbours do not.
 */
final class PinnedCodeTest {

  /** {@link MeteringPass#VERSION}, and the SHA-256 of what it makes of {@link #module()}. */
  private static final List<String> PINNED =
      List.of("21", "453f856307a74f68c66730ad50627d59391710dfa7888e9f28f275c9c7ef1287");

  /** Whole, as usual, in small parts, and in small parts with all variables in fields. */
  private static final List<SplitLimits> FORMS =
      List.of(
          SplitLimits.NONE,
          SplitLimits.USUAL,
          new SplitLimits(100, 100, Integer.MAX_VALUE, 1),
          new SplitLimits(100, 100, 1, 1));

  @Test
  void code_changes_only_with_the_version_that_it_is_kept_under() {
    List<String> now = List.of(MeteringPass.VERSION, sha256OfAllForms());
    String advice =
        now.getFirst().equals(PINNED.getFirst())
            ? "what is made of a module has changed: raise MeteringPass.VERSION, so that no node"
                + " takes old code for new, and pin the hash here together with it"
            : "MeteringPass.VERSION is new: pin it here with its hash";
    assertEquals(PINNED, now, advice);
  }

  @Test
  void the_pinned_module_is_split_in_each_form_in_its_own_way() {
    List<Integer> codes =
        FORMS.stream().map(form -> Arrays.hashCode(code(form))).distinct().toList();
    assertEquals(FORMS.size(), codes.size());
    assertNotEquals(code(SplitLimits.NONE).length, code(SplitLimits.USUAL).length);
  }

  private static byte[] code(SplitLimits form) {
    return ModuleCompiler.compile(module(), form).encode();
  }

  private static String sha256OfAllForms() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      FORMS.forEach(form -> digest.update(code(form)));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** One function with loops, branches, reads and writes, of some 30 KB of Java bytecode. */
  private static byte[] module() {
    WasmCode code = new WasmCode();
    code.loop();
    for (int i = 0; i < 700; i++) {
      code.block().get(i % 7).brIf(0);
      code.get((i + 1) % 7).get((i + 2) % 7).op(0x6a).set((i + 3) % 7);
      code.i32(8 * i).get(i % 5).op(0x36, 2, 0);
      code.end();
    }
    code.i32(16).op(0x28, 2, 0).brIf(0).end();
    WasmBuilder module = new WasmBuilder();
    return module.memory(1).export("_start", module.function(">", "iiiiiii", code)).build();
  }
}
