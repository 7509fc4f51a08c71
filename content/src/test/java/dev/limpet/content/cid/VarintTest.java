package dev.limpet.content.cid;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "127, 7f",
    "128, 8001",
    "255, ff01",
    "300, ac02",
    "16384, 808001",
    "9223372036854775807, ffffffffffffffff7f"
  })
  void a_value_is_written_in_its_shortest_form_and_read_back(long value, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertArrayEquals(bytes, Varint.encode(value));
    assertEquals(bytes.length, Varint.size(value));
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    assertEquals(value, Varint.read(buffer));
    assertEquals(0, buffer.remaining());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "80", "ffff", "8000", "ff00", "80808080808080808001"})
  void a_cut_long_or_padded_varint_is_refused(String hex) {
    ByteBuffer buffer = ByteBuffer.wrap(HexFormat.of().parseHex(hex));
    assertThrows(CidFormatException.class, () -> Varint.read(buffer));
  }

  @Test
  void a_negative_value_has_no_varint() {
    assertThrows(IllegalArgumentException.class, () -> Varint.encode(-1));
  }
}
