package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class MultibaseTest {
  /** The rows of the multibase specification's test tables for the bases that we have. */
  @ParameterizedTest
  @CsvSource({
    "yes mani !, bpfsxgidnmfxgsibb, k2lcpzo5yikidynfl, z7paNL19xttacUY, ueWVzIG1hbmkgIQ",
    "Decentralize everything!!, birswgzloorzgc3djpjssazlwmvzhs5dinfxgoijb,"
        + " k343ixo7d49hqj1ium15pgy1wzww5fxrid21td7l, zUXE7GvtEk8XTXs1GF8HSGbVA9FCX9SEBPe,"
        + " uRGVjZW50cmFsaXplIGV2ZXJ5dGhpbmchIQ",
    "hello world, bnbswy3dpeb3w64tmmq, kfuvrsivvnfrbjwajo, zStV1DL6CwTryKyV," + " uaGVsbG8gd29ybGQ"
  })
  void the_published_texts_are_written_and_read(
      String plain, String base32, String base36, String base58, String base64) {
    byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
    assertEquals(base32, Multibase.BASE32.encodePrefixed(bytes));
    assertEquals(base36, Multibase.BASE36.encodePrefixed(bytes));
    assertEquals(base58, Multibase.BASE58BTC.encodePrefixed(bytes));
    assertEquals(base64, Multibase.BASE64URL.encodePrefixed(bytes));
    for (String text : new String[] {base32, base36, base58, base64}) {
      assertArrayEquals(bytes, Multibase.decodePrefixed(text));
    }
  }

  @ParameterizedTest
  @EnumSource(Multibase.class)
  void any_bytes_survive_with_their_leading_zeros(Multibase base) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int length = 0; length < 150; length++) {
      byte[] bytes = new byte[length];
      random.nextBytes(bytes);
      for (int i = 0; i < length && i < random.nextInt(4); i++) {
        bytes[i] = 0;
      }
      String text = base.encodePrefixed(bytes);
      assertArrayEquals(bytes, Multibase.decodePrefixed(text), "seed " + seed + " " + text);
    }
  }

  @Test
  void leading_zeros_are_leading_first_letters() {
    byte[] bytes = HexFormat.of().parseHex("000079657320");
    assertEquals(
        "z11" + Multibase.BASE58BTC.encode(new byte[] {0x79, 0x65, 0x73, 0x20}),
        Multibase.BASE58BTC.encodePrefixed(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x00",
        "bA",
        "b1",
        "ba=",
        "ba",
        "bab",
        "baaa",
        "z0",
        "zO",
        "zl",
        "kA",
        "k-",
        "u+",
        "u/",
        "uAB==",
        "uA",
        "uAB",
        "u\u00e4",
        "b\ud83d\ude00",
        "f00",
        "BA"
      })
  void a_text_that_is_not_of_its_base_is_refused(String text) {
    assertThrows(CidFormatException.class, () -> Multibase.decodePrefixed(text));
  }

  @Test
  void a_text_without_end_is_refused_before_work_is_done() {
    String text = "z" + "2".repeat(Multibase.MAX_TEXT_CHARS + 1);
    assertThrows(CidFormatException.class, () -> Multibase.decodePrefixed(text));
  }
}
