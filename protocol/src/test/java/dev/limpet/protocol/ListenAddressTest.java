package dev.limpet.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:0, 127.0.0.1, false, https://127.0.0.1:9",
    "localhost:8640, localhost, false, https://localhost:9",
    "[::1]:80, ::1, false, https://[::1]:9",
    "0.0.0.0:65535, 0.0.0.0, true, https://127.0.0.1:9",
    "[::]:1, ::, true, https://[::1]:9",
    "[0:0:0:0:0:0:0:0]:1, 0:0:0:0:0:0:0:0, true, https://[::1]:9",
  })
  void a_place_is_read_once_for_sockets_and_for_urls(
      String text, String bare, boolean everywhere, String url) {
    ListenAddress at = ListenAddress.parse(text);
    assertEquals(text, at.toString());
    assertEquals(bare, at.bareHost());
    assertEquals(everywhere, at.isEverywhere());
    assertEquals(url, at.url("https", 9).toString());
    assertTrue(text.endsWith(":" + at.port()));
    assertEquals(everywhere, at.addresses("listen").getFirst().isAnyLocalAddress());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "80",
        ":80",
        "::1:80",
        "[::1]",
        "localhost",
        "a:b",
        "a:65536",
        "a:-1",
        "a b:1"
      })
  void what_is_none_is_refused(String text) {
    assertThrows(IllegalArgumentException.class, () -> ListenAddress.parse(text));
  }

  @Test
  void none_is_made_of_parts_that_none_has() {
    assertThrows(IllegalArgumentException.class, () -> new ListenAddress("::1", 80));
    assertThrows(IllegalArgumentException.class, () -> new ListenAddress("a", 65_536));
    assertThrows(IllegalArgumentException.class, () -> new ListenAddress("a", -1));
  }

  @Test
  void a_host_that_nobody_knows_is_told_with_its_setting() {
    ListenAddress at = ListenAddress.parse("nobody.invalid:1");
    LimpetException refused = assertThrows(LimpetException.class, () -> at.addresses("listen"));
    assertEquals(ErrorCode.BAD_CONFIG, refused.code());
    assertEquals("listen = nobody.invalid:1: there is no such host", refused.problem().detail());
  }
}
