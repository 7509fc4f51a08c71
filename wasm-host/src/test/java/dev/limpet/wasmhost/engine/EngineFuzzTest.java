package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmgate.NamedModule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The seeds of the fuzz target, to which belongs what {@code .ci/fuzz} has found. */
final class EngineFuzzTest {

  @Test
  void seeds_of_the_fuzz_target_do_the_same_in_both_engines() {
    List<NamedModule> seeds = EngineFuzz.modules().toList();
    int compared = 0;
    for (NamedModule seed : seeds) {
      compared += assertDoesNotThrow(() -> EngineFuzz.run(seed.bytes()), seed.name()) ? 1 : 0;
    }
    assertTrue(compared > seeds.size() / 2, compared + " of " + seeds.size() + " were compared");
  }
}
