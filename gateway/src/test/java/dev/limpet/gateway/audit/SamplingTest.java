package dev.limpet.gateway.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.gateway.GatewayConfig;
import dev.limpet.protocol.LimpetException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplingTest {
  private static int taken(double share, int of) {
    Sampling sampling = new Sampling(share, new Random(7));
    int taken = 0;
    for (int i = 0; i < of; i++) {
      taken += sampling.takes() ? 1 : 0;
    }
    return taken;
  }

  @Test
  void it_takes_the_share_that_was_asked_for() {
    assertEquals(0, taken(0, 1000));
    assertEquals(1000, taken(1, 1000));
    int some = taken(0.01, 1_000_000);
    assertTrue(some > 9_500 && some < 10_500, () -> "of a million " + some);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "101%", "-1%", "%", "1e2%", "0.00001%"})
  void what_is_no_percentage_is_refused(String text) {
    List<String> settings = List.of("audit=" + text);
    assertThrows(LimpetException.class, () -> GatewayConfig.load(null, Map.of(), settings));
  }
}
