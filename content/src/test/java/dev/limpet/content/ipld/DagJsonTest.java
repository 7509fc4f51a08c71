package dev.limpet.content.ipld;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DagJsonTest {
  private static final Cid CHILD =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  private static String json(Ipld value) {
    return new String(DagJson.encode(value), UTF_8);
  }

  private static Ipld read(String json) {
    return DagJson.decode(json.getBytes(UTF_8));
  }

  @Test
  void every_valid_fixture_round_trips_and_is_the_value_of_the_other_codecs() {
    int checked = 0;
    int others = 0;
    for (Path file : Vectors.files(Vectors.folder("ipld-codec-fixtures/valid"), ".dag-json")) {
      byte[] bytes = Vectors.read(file);
      Ipld value = DagJson.decode(bytes);
      String name = file.toString();
      assertEquals(new String(bytes, UTF_8), json(value), name);
      String cid = String.valueOf(file.getFileName()).replace(".dag-json", "");
      assertEquals(Cid.parse(cid), Cid.of(Multicodec.DAG_JSON, bytes), name);
      Path folder = Objects.requireNonNull(file.getParent());
      for (Path cbor : Vectors.files(folder, ".dag-cbor")) {
        assertEquals(value, DagCbor.decode(Vectors.read(cbor)), name);
        others++;
      }
      for (Path pb : Vectors.files(folder, ".dag-pb")) {
        assertEquals(value, DagPb.toIpld(DagPb.decode(Vectors.read(pb))), name);
        others++;
      }
      checked++;
    }
    assertTrue(checked >= 128 && others >= 145, checked + " fixtures, " + others + " others");
  }

  @Test
  void every_invalid_fixture_is_refused() {
    Path folder = Vectors.folder("ipld-codec-fixtures/invalid/dag-json");
    int checked = 0;
    for (Path file : Vectors.files(folder, ".json")) {
      for (String object : Vectors.objects(new String(Vectors.read(file), UTF_8))) {
        byte[] bytes = HexFormat.of().parseHex(Vectors.field(object, "hex"));
        assertThrows(MalformedBlockException.class, () -> DagJson.decode(bytes), object);
        checked++;
      }
    }
    assertTrue(checked > 0);
  }

  @Test
  void keys_stand_in_the_order_of_their_bytes() {
    Ipld map =
        new Ipld.MapNode(
            Map.of("b", new Ipld.Int(1), "aa", new Ipld.Int(2), "\uff5e", new Ipld.Null()));
    assertEquals("{\"aa\":2,\"b\":1,\"\uff5e\":null}", json(map));
    assertEquals(map, read(" {\n\"\uff5e\" : null , \"b\":1,\t\"aa\":2}\r\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, 1.0",
    "-3.5, -3.5",
    "1e20, 100000000000000000000.0",
    "1e21, 1e+21",
    "1e-6, 0.000001",
    "1.5e-7, 1.5e-7",
    "4.9e-324, 5e-324",
    "1e-323, 1e-323",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "0, 0.0"
  })
  void a_float_has_a_point_or_an_exponent_and_no_digit_too_many(double number, String text) {
    assertEquals(text, json(new Ipld.Float(number)));
    assertEquals(new Ipld.Float(number), read(text));
  }

  @Test
  void any_float_survives() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      double number = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(number)) {
        Ipld value = new Ipld.Float(number);
        assertEquals(value, read(json(value)), "seed " + seed);
      }
    }
  }

  @Test
  void links_and_bytes_are_maps_with_a_slash() {
    Ipld value =
        new Ipld.ListNode(List.of(new Ipld.LinkNode(CHILD), new Ipld.Bytes(new byte[] {1, 2})));
    assertEquals("[{\"/\":\"" + CHILD + "\"},{\"/\":{\"bytes\":\"AQI\"}}]", json(value));
    assertEquals(value, read(json(value)));
    assertEquals(value, read(json(value).replace("AQI", "AQI=")));
    assertEquals(List.of(CHILD), DagJson.links(DagJson.encode(value)));
    Cid block = Cid.of(Multicodec.DAG_JSON, DagJson.encode(value));
    assertEquals(List.of(CHILD), Dag.links(block, DagJson.encode(value)));
  }

  @Test
  void a_map_that_could_be_mistaken_for_a_link_is_not_written() {
    Ipld text = new Ipld.MapNode(Map.of("/", new Ipld.Text("x")));
    Ipld bytes = new Ipld.MapNode(Map.of("/", new Ipld.MapNode(Map.of("bytes", text("AQ")))));
    assertThrows(MalformedBlockException.class, () -> DagJson.encode(text));
    assertThrows(MalformedBlockException.class, () -> DagJson.encode(bytes));
    Ipld harmless = new Ipld.MapNode(Map.of("/", new Ipld.Int(1)));
    assertEquals(harmless, read(json(harmless)));
  }

  private static Ipld text(String value) {
    return new Ipld.Text(value);
  }

  @Test
  void escapes_are_read_and_only_those_that_are_needed_are_written() {
    assertEquals(
        text("\"\\/\b\f\n\r\t\u0001\ud83d\ude00"),
        read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0001\\ud83D\\uDE00\""));
    assertEquals(
        "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\ud83d\ude00\"",
        json(text("\"\\/\b\f\n\r\t\u0001\ud83d\ude00")));
    assertThrows(MalformedBlockException.class, () -> DagJson.encode(text("\ud83d")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "nul",
        "truee",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "[1,]",
        "[1 2]",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "{\"a\":1,\"a\":2}",
        "\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud83d\"",
        "\"\n\"",
        "1 2",
        "[",
        "{",
        "]",
        "1e999",
        "-0.0",
        "18446744073709551616",
        "-18446744073709551617",
        "999999999999999999999999",
        "{\"/\":\"x\"}",
        "{\"/\":\"bafkqaaa\",\"a\":1}",
        "{\"/\":{\"bytes\":\"!\"}}",
        "{\"/\":{\"bytes\":\"AQ\",\"a\":1}}",
        "NaN",
        "\u00a01",
        "'a'",
        "// c\n1"
      })
  void what_is_no_dag_json_is_refused(String json) {
    MalformedBlockException refusal = assertThrows(MalformedBlockException.class, () -> read(json));
    assertTrue(refusal.getMessage().length() < 300, refusal.getMessage());
  }

  @Test
  void bytes_that_are_no_utf_8_are_refused() {
    for (String hex : List.of("22ff22", "22c08022", "22eda08022")) {
      byte[] bytes = HexFormat.of().parseHex(hex);
      assertThrows(MalformedBlockException.class, () -> DagJson.decode(bytes), hex);
    }
  }

  @Test
  void nesting_numbers_and_values_without_end_are_refused() {
    assertThrows(ContentLimitException.class, () -> read("[".repeat(1 << 20)));
    String deepest = "[".repeat(DagJson.MAX_JSON_DEPTH) + "1" + "]".repeat(DagJson.MAX_JSON_DEPTH);
    assertEquals(deepest, json(read(deepest)));
    Ipld deeper = new Ipld.ListNode(List.of(read(deepest)));
    assertThrows(ContentLimitException.class, () -> DagJson.encode(deeper));
    String many = "[" + "1,".repeat(DagJson.MAX_JSON_VALUES) + "1]";
    assertThrows(ContentLimitException.class, () -> read(many));
    String digits = "1." + "0".repeat(DagJsonReader.MAX_NUMBER_CHARS);
    assertThrows(MalformedBlockException.class, () -> read(digits));
    assertThrows(MalformedBlockException.class, () -> read("1".repeat(1 << 20)));
  }

  @Test
  void cut_and_mutated_input_is_refused_or_read_back_the_same() {
    String sample =
        "{\"a\":[1,-2.5e3,true,null,\"t\u00e9\\n\"],\"b\":{\"/\":\""
            + CHILD
            + "\"},\"c\":{\"/\":{\"bytes\":\"AQID\"}}}";
    Vectors.torture(
        sample.getBytes(UTF_8),
        20_000,
        bytes -> {
          Ipld value = DagJson.decode(bytes);
          assertEquals(value, DagJson.decode(DagJson.encode(value)));
          assertEquals(value, DagCbor.decode(DagCbor.encode(value)));
        });
  }
}
