package dev.limpet.cli.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.cli.CliException;
import org.junit.jupiter.api.Test;

class TargetsTest {
  @Test
  void typed_paths_become_raw_segments() {
    assertEquals("bafy/a%20b/c%2Bd", Targets.data("bafy/a b/c+d"));
    assertEquals("bafy/x", Targets.data("/ipfs/bafy/x/"));
    assertEquals("bafy/100%25", Targets.data("bafy/100%"));
    assertEquals("bafy/z%C3%BC", Targets.data("bafy/zü"));
  }

  @Test
  void a_path_in_a_query_is_encoded_once() {
    assertEquals("bafy%2Fa+b%2Fc%2Bd", Targets.dataQuery("/ipfs/bafy/a b/c+d"));
    assertThrows(CliException.class, () -> Targets.dataQuery("bafy//x"));
  }

  @Test
  void empty_segments_are_wrong_usage() {
    assertThrows(CliException.class, () -> Targets.data("bafy//x"));
    assertThrows(CliException.class, () -> Targets.data(""));
  }
}
