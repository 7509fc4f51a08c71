package dev.limpet.content.ipld;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.Vectors;
import dev.limpet.content.block.ContentLimitException;
import dev.limpet.content.block.MalformedBlockException;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DagPbTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final Cid CHILD =
      Cid.parse("bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku");

  @Test
  void every_valid_fixture_round_trips_to_its_cid() {
    int checked = 0;
    for (Path file : Vectors.files(Vectors.folder("ipld-codec-fixtures/valid"), ".dag-pb")) {
      byte[] bytes = Vectors.read(file);
      String cid = String.valueOf(file.getFileName()).replace(".dag-pb", "");
      PbNode node = DagPb.decode(bytes);
      assertArrayEquals(bytes, DagPb.encode(node), file.toString());
      assertArrayEquals(bytes, DagPb.encode(DagPb.fromIpld(DagPb.toIpld(node))), file.toString());
      assertEquals(Cid.parse(cid), Cid.of(Multicodec.DAG_PB, bytes), file.toString());
      checked++;
    }
    assertTrue(checked > 15, "only " + checked + " fixtures");
  }

  @Test
  void every_invalid_fixture_is_refused() {
    Path folder = Vectors.folder("ipld-codec-fixtures/invalid/dag-pb/decode");
    int checked = 0;
    for (Path file : Vectors.files(folder, ".json")) {
      String json = new String(Vectors.read(file), StandardCharsets.UTF_8);
      for (String object : Vectors.objects(json)) {
        byte[] bytes = HEX.parseHex(Vectors.field(object, "hex"));
        assertThrows(MalformedBlockException.class, () -> DagPb.decode(bytes), object);
        checked++;
      }
    }
    assertTrue(checked > 5, "only " + checked + " fixtures");
  }

  @Test
  void every_value_that_has_no_dag_pb_is_refused() {
    Path folder = Vectors.folder("ipld-codec-fixtures/invalid/dag-pb/encode");
    int checked = 0;
    for (Path file : Vectors.files(folder, ".json")) {
      Ipld.ListNode cases = (Ipld.ListNode) DagJson.decode(Vectors.read(file));
      for (Ipld invalid : cases.items()) {
        Ipld value = Objects.requireNonNull(((Ipld.MapNode) invalid).get("dag-json"));
        assertThrows(
            MalformedBlockException.class,
            () -> DagPb.encode(DagPb.fromIpld(value)),
            invalid.toString());
        checked++;
      }
    }
    assertTrue(checked >= 78, "only " + checked + " fixtures");
  }

  @Test
  void an_absent_name_or_size_is_another_block_than_an_empty_one() {
    PbNode absent = PbNode.ofLinks(List.of(new PbLink(CHILD, null, -1)));
    PbNode empty = new PbNode(List.of(new PbLink(CHILD, "", 0)), new byte[0]);
    PbNode readAbsent = DagPb.decode(DagPb.encode(absent));
    PbNode readEmpty = DagPb.decode(DagPb.encode(empty));
    assertEquals(absent, readAbsent);
    assertNull(readAbsent.data());
    assertEquals(empty.links(), readEmpty.links());
    assertNotNull(readEmpty.data());
    assertEquals("", readAbsent.links().getFirst().name());
    assertEquals(0, readAbsent.links().getFirst().tsize());
  }

  @Test
  void data_before_links_is_read_as_old_writers_wrote_it() {
    byte[] link = DagPb.encode(PbNode.ofLinks(List.of(new PbLink(CHILD, "a", 1))));
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    block.writeBytes(HEX.parseHex("0a020801"));
    block.writeBytes(link);
    PbNode node = DagPb.decode(block.toByteArray());
    assertArrayEquals(HEX.parseHex("0801"), node.data());
    assertEquals("a", node.links().getFirst().name());
    block.writeBytes(HEX.parseHex("0a020801"));
    assertThrows(MalformedBlockException.class, () -> DagPb.decode(block.toByteArray()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0a",
        "0a05",
        "0aff",
        "0affffffffffffffffff01",
        "1a00",
        "0800",
        "0a000a00",
        "12",
        "1202",
        "12040a020155",
        "12070a050155000000",
        "12090a05015500010012",
        "120d0a0501550001001202c080",
        "120a0a0501550001001880",
        "120c0a05015500010018001200",
        "120c0a0501550001001800" + "1800",
        "12090a0501550001002000",
        "12030a8000"
      })
  void what_is_no_dag_pb_is_refused(String hex) {
    byte[] bytes = HEX.parseHex(hex);
    assertThrows(MalformedBlockException.class, () -> DagPb.decode(bytes));
  }

  @Test
  void more_links_than_sha_256_leaves_room_for_are_refused() {
    byte[] link = HEX.parseHex("12060a0401550000");
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i <= DagPb.MAX_PB_LINKS; i++) {
      block.writeBytes(link);
    }
    assertThrows(ContentLimitException.class, () -> DagPb.decode(block.toByteArray()));
  }

  @Test
  void cut_and_mutated_input_is_refused_or_read() {
    PbNode sample =
        new PbNode(
            List.of(new PbLink(CHILD, "name \u00e9", 300), new PbLink(CHILD, "", 0)),
            new byte[] {8, 2, 18, 1, 0});
    Vectors.torture(
        DagPb.encode(sample), 20_000, bytes -> assertTrue(DagPb.decode(bytes).links().size() < 9));
  }
}
