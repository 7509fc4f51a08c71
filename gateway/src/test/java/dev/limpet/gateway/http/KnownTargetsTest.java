package dev.limpet.gateway.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.RequestTarget;
import org.junit.jupiter.api.Test;

class KnownTargetsTest {
  private final KnownTargets targets = new KnownTargets();

  @Test
  void a_target_that_comes_again_is_read_once_and_means_what_it_means() {
    String raw = "/fn/hello/a%20b?arg=1&limpet-data=Qm" + "a".repeat(44);
    RequestTarget first = targets.read(raw);
    assertEquals(Paths.parse(raw), first);
    assertSame(first, targets.read(new String(raw.toCharArray())));
  }

  @Test
  void targets_of_one_hash_are_not_taken_for_each_other() {
    String one = "/fn/hello?arg=Aa";
    String other = "/fn/hello?arg=BB";
    assertEquals(one.hashCode(), other.hashCode());
    for (int i = 0; i < 3; i++) {
      assertEquals(Paths.parse(one), targets.read(one));
      assertEquals(Paths.parse(other), targets.read(other));
    }
  }

  @Test
  void a_long_target_is_not_kept_and_one_that_is_refused_is_refused_again() {
    String longest = "/fn/hello?arg=";
    longest += "a".repeat(KnownTargets.MAX_KNOWN_TARGET_CHARS - longest.length());
    assertSame(targets.read(longest), targets.read(longest));
    assertNotSame(targets.read(longest + "a"), targets.read(longest + "a"));
    for (int i = 0; i < 2; i++) {
      LimpetException refused =
          assertThrows(LimpetException.class, () -> targets.read("/fn/hello/../a"));
      assertEquals(ErrorCode.BAD_PATH, refused.problem().code());
    }
  }
}
