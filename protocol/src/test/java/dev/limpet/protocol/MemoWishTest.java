package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MemoWishTest {
  @Test
  void cache_control_says_whether_a_run_is_wanted_and_whether_anything_is_kept() {
    assertEquals(MemoWish.USE, MemoWish.of(List.of()));
    assertEquals(MemoWish.USE, MemoWish.of(List.of("max-age=0, no-cachet", "x=no-store")));
    assertEquals(MemoWish.NO_CACHE, MemoWish.of(List.of("max-age=3 , No-Cache")));
    assertEquals(MemoWish.NO_STORE, MemoWish.of(List.of("no-store", "no-cache")));
    assertEquals(MemoWish.NO_STORE, MemoWish.of(List.of("no-cache", "no-STORE")));
  }

  @Test
  void a_manifest_keeps_the_form_of_its_memo() {
    Map<String, ManifestMemo> forms =
        Map.of(
            "true", ManifestMemo.WITHOUT_BODY,
            "false", ManifestMemo.NEVER,
            "\"body\"", ManifestMemo.BODY);
    for (String value : forms.keySet()) {
      String json = "{\"v\":1,\"module\":\"" + Samples.MODULE + "\",\"memo\":" + value + "}";
      FunctionManifest read = FunctionManifest.fromJson(json.getBytes(StandardCharsets.UTF_8));
      assertEquals(List.of(), read.unsupported());
      assertEquals(read, FunctionManifest.fromBlock(read.encode()));
      assertEquals(forms.get(value), read.memo());
    }
    assertEquals(
        ManifestMemo.WITHOUT_BODY,
        FunctionManifest.ofModule(Samples.MODULE, Abi.RAW).effectiveMemo());
  }
}
