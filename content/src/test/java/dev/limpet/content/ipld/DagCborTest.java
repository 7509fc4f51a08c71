package dev.limpet.content.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DagCborTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void every_valid_fixture_round_trips_to_its_cid() {
    int checked = 0;
    for (Path file : Vectors.files(Vectors.folder("ipld-codec-fixtures/valid"), ".dag-cbor")) {
      byte[] bytes = Vectors.read(file);
      String name = file.getParent() + "";
      String cid = String.valueOf(file.getFileName()).replace(".dag-cbor", "");
      Ipld value = DagCbor.decode(bytes);
      assertArrayEquals(bytes, DagCbor.encode(value), name);
      assertEquals(Cid.parse(cid), Cid.of(Multicodec.DAG_CBOR, bytes), name);
      assertEquals(value, DagCbor.decode(DagCbor.encode(value)), name);
      checked++;
    }
    assertTrue(checked >= 128, checked + " round-tripped");
  }

  @Test
  void every_invalid_fixture_is_refused() {
    Path folder = Vectors.folder("ipld-codec-fixtures/invalid/dag-cbor/decode");
    int checked = 0;
    for (Path file : Vectors.files(folder, ".json")) {
      String json = new String(Vectors.read(file), StandardCharsets.UTF_8);
      for (String object : Vectors.objects(json)) {
        byte[] bytes = HEX.parseHex(Vectors.field(object, "hex"));
        assertThrows(MalformedBlockException.class, () -> DagCbor.decode(bytes), object);
        assertThrows(MalformedBlockException.class, () -> DagCbor.links(bytes), object);
        checked++;
      }
    }
    assertTrue(checked > 0);
  }

  @Test
  void the_dasl_vectors_are_kept_where_they_speak_of_dag_cbor() {
    int checked = 0;
    for (Path file : Vectors.files(Vectors.folder("dasl-cbor/cbor"), ".json")) {
      String json = new String(Vectors.read(file), StandardCharsets.UTF_8);
      for (String object : Vectors.objects(json)) {
        checked += checkDasl(object) ? 1 : 0;
      }
    }
    assertTrue(checked > 60, "only " + checked + " vectors checked");
  }

  private static boolean checkDasl(String object) {
    String tags = object.replaceAll("(?s).*\"tags\":\\s*\\[([^\\]]*)\\].*", "$1");
    if (!tags.contains("dag-cbor") && !tags.contains("basic")) {
      return false;
    }
    byte[] bytes = HEX.parseHex(Vectors.field(object, "data"));
    if (Vectors.field(object, "type").equals("roundtrip")) {
      assertArrayEquals(bytes, DagCbor.encode(DagCbor.decode(bytes)), object);
    } else {
      assertThrows(MalformedBlockException.class, () -> DagCbor.decode(bytes), object);
      assertThrows(MalformedBlockException.class, () -> DagCbor.links(bytes), object);
    }
    return true;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "1c",
        "1f",
        "3f",
        "5f4101ff",
        "9f01ff",
        "bf616101ff",
        "fc",
        "f800",
        "f820",
        "ff",
        "f7",
        "fb",
        "fb00",
        "fb7ff8000000000000",
        "fb8000000000000000",
        "fa3f800000",
        "9b7fffffffffffffff",
        "bb7fffffffffffffff",
        "5b7fffffffffffffff",
        "7a7fffffff",
        "82",
        "8201",
        "a16161",
        "a1016161",
        "a2616201616102",
        "a2616101616101",
        "a262616101616201",
        "61ff",
        "62c080",
        "63eda080",
        "64f4908080",
        "d82a",
        "d82a40",
        "d82a4100",
        "d82a4101",
        "d82a01",
        "c100",
        "0000",
        "d82a4600015500000a"
      })
  void what_is_not_strict_is_refused(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThrows(MalformedBlockException.class, () -> DagCbor.decode(bytes));
    assertThrows(MalformedBlockException.class, () -> DagCbor.links(bytes));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1bffffffffffffffff", "3bffffffffffffffff", "1b8000000000000000"})
  void an_integer_with_64_bits_and_a_sign_is_its_own_kind(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    Ipld value = DagCbor.decode(bytes);
    assertInstanceOf(Ipld.BigInt.class, value);
    assertArrayEquals(bytes, DagCbor.encode(value));
    assertEquals(value, DagJson.decode(DagJson.encode(value)));
  }

  @Test
  void a_link_of_a_hash_that_is_not_computed_is_kept_and_not_followed() {
    byte[] link = HEX.parseHex("d82a480001551303010203");
    Ipld.LinkNode node = assertInstanceOf(Ipld.LinkNode.class, DagCbor.decode(link));
    assertFalse(node.cid().multihash().isVerifiable());
    assertFalse(node.cid().multihash().matches(new byte[0]));
    assertArrayEquals(link, DagCbor.encode(node));
    Cid block = Cid.of(Multicodec.DAG_CBOR, link);
    assertThrows(MalformedBlockException.class, () -> Dag.links(block, link));
  }

  @Test
  void map_keys_are_ordered_by_length_and_then_by_bytes() {
    Ipld map =
        new Ipld.MapNode(Map.of("b", new Ipld.Int(1), "aa", new Ipld.Int(2), "a", new Ipld.Int(3)));
    assertEquals("a36161036162016261" + "6102", HEX.formatHex(DagCbor.encode(map)));
    assertEquals(map, DagCbor.decode(DagCbor.encode(map)));
  }

  @Test
  void every_kind_of_value_survives() {
    Cid cid = Cid.parse("bafkqabtimvwgy3yk");
    Ipld value =
        new Ipld.ListNode(
            List.of(
                new Ipld.Null(),
                new Ipld.Bool(true),
                new Ipld.Int(Long.MIN_VALUE),
                new Ipld.Int(Long.MAX_VALUE),
                new Ipld.Float(1.5),
                new Ipld.Text("\u00e9\ud83d\ude00"),
                new Ipld.Bytes(new byte[] {1, 2}),
                new Ipld.LinkNode(cid),
                new Ipld.MapNode(Map.of("k", new Ipld.LinkNode(cid)))));
    byte[] bytes = DagCbor.encode(value);
    assertEquals(value, DagCbor.decode(bytes));
    assertEquals(List.of(cid, cid), DagCbor.links(bytes));
  }

  @Test
  void what_has_no_dag_cbor_is_not_written() {
    assertThrows(MalformedBlockException.class, () -> new Ipld.Float(Double.NaN));
    assertThrows(MalformedBlockException.class, () -> new Ipld.Float(-0.0));
    assertThrows(MalformedBlockException.class, () -> new Ipld.Float(1 / 0.0));
    Ipld half = new Ipld.Text("\ud83d");
    assertThrows(MalformedBlockException.class, () -> DagCbor.encode(half));
  }

  @Test
  void nesting_without_end_is_refused() {
    byte[] deep = new byte[2 << 20];
    Arrays.fill(deep, (byte) 0x81);
    assertThrows(ContentLimitException.class, () -> DagCbor.decode(deep));
    assertThrows(ContentLimitException.class, () -> DagCbor.links(deep));
    byte[] allowed = new byte[DagCbor.MAX_CBOR_DEPTH + 1];
    Arrays.fill(allowed, (byte) 0x81);
    allowed[DagCbor.MAX_CBOR_DEPTH] = 0;
    assertArrayEquals(allowed, DagCbor.encode(DagCbor.decode(allowed)));
    Ipld deeper = new Ipld.ListNode(List.of(DagCbor.decode(allowed)));
    assertThrows(ContentLimitException.class, () -> DagCbor.encode(deeper));
  }

  @Test
  void a_small_block_with_very_many_values_is_not_built_but_its_links_can_be_read() {
    byte[] wide = new byte[5 + (1 << 20)];
    Arrays.fill(wide, (byte) 0x80);
    System.arraycopy(HEX.parseHex("9a00100000"), 0, wide, 0, 5);
    assertThrows(ContentLimitException.class, () -> DagCbor.decode(wide));
    assertEquals(List.of(), DagCbor.links(wide));
  }

  @Test
  void cut_and_mutated_input_is_refused_or_read_back_the_same() {
    Cid cid = Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");
    Ipld sample =
        new Ipld.MapNode(
            Map.of(
                "roots", new Ipld.ListNode(List.of(new Ipld.LinkNode(cid))),
                "version", new Ipld.Int(1),
                "text", new Ipld.Text("some text \u00e9"),
                "float", new Ipld.Float(0.25),
                "bytes", new Ipld.Bytes(new byte[40])));
    Vectors.torture(
        DagCbor.encode(sample),
        20_000,
        bytes -> {
          int links = DagCbor.links(bytes).size();
          Ipld value = DagCbor.decode(bytes);
          assertArrayEquals(bytes, DagCbor.encode(value));
          assertTrue(links <= 1);
        });
  }
}
