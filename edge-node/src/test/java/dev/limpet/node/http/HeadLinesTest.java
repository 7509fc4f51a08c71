package dev.limpet.node.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.cid.Multihash;
import dev.limpet.node.http.HeadLines.LineName;
import io.helidon.common.buffers.BufferData;
import io.helidon.http.ServerResponseHeaders;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadLinesTest {
  private static final LineName FIRST = new LineName("Limpet-First");
  private static final LineName MORE = new LineName("Limpet-More");

  private static String written(HeadLines lines) {
    BufferData buffer = BufferData.growing(1);
    lines.validate();
    lines.writeHttp1Header(buffer);
    return buffer.readString(buffer.available(), StandardCharsets.US_ASCII);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 9, 10, 99, 100, 12_345, Long.MAX_VALUE})
  void each_line_stands_as_it_was_said(long count) {
    Cid cid = Cid.of(Multicodec.DAG_CBOR, new byte[] {(byte) count});
    HeadLines lines = new HeadLines(FIRST, "one, ~two");
    lines.number(MORE, count);
    lines.cid(MORE, cid);
    lines.text(FIRST, "");
    assertEquals(
        "Limpet-First: one, ~two\r\nLimpet-More: "
            + count
            + "\r\nLimpet-More: "
            + cid
            + "\r\nLimpet-First: \r\n",
        written(lines));
  }

  @Test
  void lines_are_as_many_and_as_long_as_they_have_to_be() {
    Cid cid = Cid.v1(Multicodec.RAW, Multihash.identity(new byte[Multihash.MAX_IDENTITY_BYTES]));
    HeadLines lines = new HeadLines(FIRST, "x".repeat(5000));
    StringBuilder wanted = new StringBuilder("Limpet-First: " + "x".repeat(5000) + "\r\n");
    for (int i = 0; i < 50; i++) {
      lines.cid(MORE, cid);
      wanted.append("Limpet-More: ").append(cid).append("\r\n");
      lines.number(MORE, i);
      wanted.append("Limpet-More: ").append(i).append("\r\n");
    }
    assertEquals(wanted.toString(), written(lines));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\r\nSet-Cookie: b", "a\n", "\u0000", "\u007f", "\u00e9", "\u010d"})
  void what_could_end_a_line_is_refused(String said) {
    HeadLines lines = new HeadLines(FIRST, "a");
    assertThrows(IllegalArgumentException.class, () -> lines.text(MORE, said));
    assertThrows(IllegalArgumentException.class, () -> new HeadLines(FIRST, said));
  }

  @Test
  void a_negative_count_is_refused() {
    HeadLines lines = new HeadLines(FIRST, "a");
    assertThrows(IllegalArgumentException.class, () -> lines.number(MORE, -1));
  }

  @Test
  void the_server_finds_the_first_line_by_its_name() {
    ServerResponseHeaders headers = ServerResponseHeaders.create();
    HeadLines lines = new HeadLines(FIRST, "12");
    lines.text(MORE, "other");
    headers.set(lines);
    assertEquals("12", headers.get(FIRST.header()).get());
    assertEquals("12", headers.get(FIRST.header()).asOptional().orElseThrow());
    assertEquals("[Limpet-First]", headers.stream().map(h -> h.name()).toList().toString());
  }
}
