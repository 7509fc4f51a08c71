package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.testkit.wire.WireAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the specifications of IPFS gateways ask of a node, beyond files and ranges. */
class GatewayTest {
  private static final int MIB = 1 << 20;
  private static final String CAR = "?format=car&";

  @TempDir static Path dir = Path.of("");

  private static NodeUnderTest node;
  private static SampleDag tree;
  private static SampleDag file;
  private static Block document;
  private static Block folder;

  @BeforeAll
  static void start() {
    node = NodeUnderTest.start(dir.resolve("node"), "public-data=true");
    tree = SampleDag.directory(dir, Map.of("a<b>&.txt", "alpha", "sub/index.html", "<p>home"));
    file = SampleDag.file(1, 3 * MIB + 5);
    document =
        Block.of(
            Multicodec.DAG_CBOR,
            DagCbor.encode(
                new Ipld.MapNode(
                    Map.of(
                        "data", new Ipld.LinkNode(tree.root()),
                        "<script>", new Ipld.ListNode(List.of(new Ipld.Text("<b>")))))));
    PbLink same = new PbLink(file.root(), "same", 9);
    byte[] directory = {8, 1};
    folder =
        Block.of(
            Multicodec.DAG_PB,
            DagPb.encode(
                new PbNode(List.of(same, new PbLink(file.root(), "up/../../..", 9)), directory)));
    assertEquals(201, node.add(tree.car()).status());
    assertEquals(201, node.add(file.car()).status());
    assertEquals(201, add(document, tree));
    assertEquals(201, add(folder, file));
  }

  private static int add(Block root, SampleDag below) {
    List<Block> blocks = new ArrayList<>(List.of(root));
    blocks.addAll(blocks(below.car()));
    return node.add(SampleDag.car(List.of(root.cid()), blocks)).status();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static WireAnswer get(String below, String... lines) {
    return node.ask("GET /ipfs/" + below, lines);
  }

  private static List<Block> blocks(byte[] car) {
    List<Block> blocks = new ArrayList<>();
    try {
      CarReader reader = new CarReader(new ByteArrayInputStream(car), CarLimits.unbounded());
      for (Block block = reader.next(); block != null; block = reader.next()) {
        blocks.add(block);
      }
      return blocks;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Cid> cids(String target) {
    WireAnswer answer = get(target);
    assertEquals(200, answer.status(), target);
    return blocks(answer.bytes()).stream().map(Block::cid).toList();
  }

  private static List<Cid> leaves() {
    return Dag.links(file.root(), file.blocks().require(file.root()));
  }

  @Test
  void a_car_has_the_blocks_of_its_scope() {
    Cid root = tree.root();
    assertEquals(List.of(root), cids(root + CAR + "dag-scope=block"));
    assertEquals(List.of(root), cids(root + CAR + "dag-scope=entity"));
    assertEquals(4, cids(root + CAR + "dag-scope=all").size());
    assertEquals(5, cids(file.root() + CAR + "dag-scope=entity").size());
    assertEquals(2, cids(root + "/sub" + CAR + "dag-scope=entity").size());
    assertEquals(400, get(root + CAR + "dag-scope=most").status());
  }

  @Test
  void a_car_of_a_range_has_the_blocks_that_hold_it() {
    Cid root = file.root();
    List<Cid> leaves = leaves();
    String span = root + CAR + "entity-bytes=";
    assertEquals(List.of(root, leaves.get(0)), cids(span + "0:0"));
    assertEquals(List.of(root, leaves.get(0), leaves.get(1)), cids(span + (MIB - 1) + ":" + MIB));
    assertEquals(List.of(root, leaves.get(3)), cids(span + "-5:*"));
    assertEquals(List.of(root, leaves.get(2), leaves.get(3)), cids(span + "-6:*"));
    assertEquals(List.of(root, leaves.get(3)), cids(span + 3 * MIB + ":-1"));
    assertEquals(List.of(root), cids(span + "99999999:*"));
    for (String bad : List.of("5:1", "-1:-5", "*:1", "1", "a:b", "0:", "1:99999999999999999999")) {
      assertEquals("bad-query", get(span + bad).header("Limpet-Error"), bad);
    }
  }

  @Test
  void a_car_repeats_blocks_only_where_that_is_wanted() {
    assertEquals(6, cids(folder.cid() + "?format=car").size());
    assertEquals(11, cids(folder.cid() + CAR + "car-dups=y").size());
    WireAnswer answer =
        get(folder.cid().toString(), "Accept: application/vnd.ipld.car; order=unk; dups=\"y\"");
    assertEquals(
        "application/vnd.ipld.car; version=1; order=unk; dups=y", answer.header("Content-Type"));
    assertEquals(
        "/ipfs/" + folder.cid() + "?car-dups=y&car-order=unk&format=car",
        answer.header("Content-Location"));
    assertEquals(400, get(folder.cid() + CAR + "car-version=2").status());
    assertEquals(400, get(folder.cid() + CAR + "car-order=by-size").status());
  }

  @Test
  void cars_that_differ_have_tags_that_differ() {
    String tag = get(file.root() + "?format=car").header("ETag");
    assertTrue(tag.startsWith("W/\"" + file.root() + ".car."), tag);
    assertNotEquals(tag, get(file.root() + CAR + "dag-scope=block").header("ETag"));
    assertNotEquals(tag, get(file.root() + CAR + "entity-bytes=0:1").header("ETag"));
    assertEquals(304, get(file.root() + "?format=car", "If-None-Match: " + tag).status());
    assertEquals(304, get(file.root() + "?format=car", "If-None-Match: *").status());
  }

  @Test
  void a_block_has_the_headers_of_the_trustless_gateway() {
    WireAnswer raw = get(file.root() + "?format=raw&filename=na%C3%AFve%22.bin");
    assertEquals("public, max-age=29030400, immutable", raw.header("Cache-Control"));
    assertEquals("\"" + file.root() + ".raw\"", raw.header("ETag"));
    assertEquals(
        "attachment; filename=\"na_ve%22.bin\"; filename*=UTF-8''na%C3%AFve%22.bin",
        raw.header("Content-Disposition"));
    assertEquals("/ipfs/" + file.root(), raw.header("X-Ipfs-Path"));
    assertEquals(file.root().toString(), raw.header("X-Ipfs-Roots"));
    assertEquals("", get("bafkqaaa?format=raw").text());
    assertEquals("0", node.ask("HEAD /ipfs/bafkqaaa?format=raw").header("Content-Length"));
  }

  @Test
  void every_answer_about_data_says_its_address_and_a_problem_says_none() {
    String root = tree.root().toString();
    String name = root + "/a%3cb%3E&.txt";
    String uri = "ipfs://" + root + "/a%3Cb%3E%26.txt";
    WireAnswer text = get(name);
    assertEquals(uri, text.header("Ipfs-Uri"));
    assertEquals("/ipfs/" + root + "/a<b>&.txt", text.header("X-Ipfs-Path"));
    for (String format : List.of("raw", "car", "tar")) {
      assertEquals(uri, get(name + "?format=" + format).header("Ipfs-Uri"), format);
    }
    assertEquals(uri, get(name, "If-None-Match: *").header("Ipfs-Uri"));
    WireAnswer moved = get(root + "/sub");
    assertEquals(301, moved.status());
    assertEquals("ipfs://" + root + "/sub", moved.header("Ipfs-Uri"));
    assertEquals("ipfs://" + root + "/sub/", get(root + "/sub/").header("Ipfs-Uri"));
    assertEquals("", get(root + "/none").header("Ipfs-Uri"));
  }

  @Test
  void what_is_not_here_is_412_for_whoever_wants_it_from_the_cache_only() {
    String absent = SampleDag.file(5, 5).root() + "?format=raw";
    assertEquals(404, get(absent).status());
    WireAnswer answer = get(absent, "Cache-Control: only-if-cached");
    assertEquals(412, answer.status());
    assertEquals("not-cached", answer.header("Limpet-Error"));
    assertEquals(200, get(file.root() + "?format=raw", "Cache-Control: only-if-cached").status());
  }

  @Test
  void a_directory_is_a_page_for_people_in_which_names_are_only_names() {
    WireAnswer page = get(tree.root() + "/");
    assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
    assertTrue(page.text().contains("a&lt;b&gt;&amp;.txt</a>"), page.text());
    assertTrue(page.text().contains("/a%3Cb%3E&amp;.txt\">"), page.text());
    assertFalse(page.text().contains("<b>"));
    assertFalse(page.text().contains(">..</a>"), "a root has nothing above it");
    assertTrue(page.header("ETag").startsWith("\"DirIndex-"));
    assertEquals(
        "public, max-age=604800, stale-while-revalidate=2678400", page.header("Cache-Control"));
    for (String known : List.of(page.header("ETag"), "W/\"" + tree.root() + "\"")) {
      WireAnswer again = get(tree.root() + "/", "If-None-Match: \"x\", " + known);
      assertEquals(304, again.status(), known);
      assertEquals(page.header("ETag"), again.header("ETag"));
    }
    assertEquals(200, get(tree.root() + "/", "If-None-Match: \"" + file.root() + "\"").status());
    assertTrue(get(tree.root() + "/?limit=1").text().contains("rel=\"next\""));
    assertFalse(get(folder.cid() + "/").text().contains("href=\"/ipfs/" + folder.cid() + "/up/"));
  }

  @Test
  void a_directory_with_an_index_is_that_page() {
    WireAnswer page = get(tree.root() + "/sub/");
    assertEquals("<p>home", page.text());
    assertEquals("text/html; charset=utf-8", page.header("Content-Type"));
    assertEquals(301, get(tree.root() + "/sub?x=1").status());
    assertEquals(
        "/ipfs/" + tree.root() + "/sub/?x=1", get(tree.root() + "/sub?x=1").header("Location"));
  }

  @Test
  void a_path_leads_through_documents_and_stops_at_what_is_no_link() {
    String root = document.cid().toString();
    assertEquals("<p>home", get(root + "/data/sub/index.html").text());
    assertEquals(501, get(root + "/%3Cscript%3E/0").status());
    assertEquals(404, get(root + "/%3Cscript%3E/1").status());
    assertEquals(404, get(root + "/nothing").status());
    assertArrayEquals(document.bytes(), get(root + "/%3Cscript%3E?format=raw").bytes());
    List<Cid> path = cids(root + "/data/sub" + CAR + "dag-scope=block");
    assertEquals(List.of(document.cid(), tree.root()), path.subList(0, 2));
    assertEquals(3, path.size());
  }

  @Test
  void a_document_is_answered_in_its_own_codec_or_not() {
    String root = document.cid().toString();
    WireAnswer own = get(root);
    assertEquals("application/vnd.ipld.dag-cbor", own.header("Content-Type"));
    assertArrayEquals(document.bytes(), own.bytes());
    assertEquals("application/cbor", get(root + "?format=cbor").header("Content-Type"));
    for (String other : List.of("json", "dag-json")) {
      assertEquals("not-acceptable", get(root + "?format=" + other).header("Limpet-Error"));
    }
    assertEquals(406, get(file.root() + "?format=dag-json").status());
    assertEquals(400, get(root + "?format=ipns-record").status());
    WireAnswer page = get(root + "/", "Accept: text/html");
    assertTrue(page.text().contains("&lt;script&gt;"), page.text());
    assertFalse(page.text().contains("<script>"));
    assertTrue(page.text().contains("href=\"/ipfs/" + tree.root() + "\""));
    assertEquals(301, get(root, "Accept: text/html").status());
  }

  @Test
  void a_tree_comes_as_a_tar_file_and_nothing_is_unpacked_elsewhere() {
    WireAnswer tar = get(tree.root() + "?format=tar");
    assertEquals("application/x-tar", tar.header("Content-Type"));
    List<String> entries = TarListing.of(tar.bytes());
    assertEquals(4, entries.size());
    assertTrue(entries.get(0).startsWith("5 " + tree.root() + " 0"), entries.get(0));
    assertTrue(entries.get(1).startsWith("0 " + tree.root() + "/a<b>&.txt 5"), entries.get(1));
    WireAnswer large = get(file.root() + "?format=tar");
    assertEquals(512 + (3 * MIB + 512) + 1024, large.bytes().length);
    WireAnswer escaping = get(folder.cid() + "?format=tar");
    assertEquals(400, escaping.status());
    assertTrue(escaping.text().contains("outside the root"), escaping.text());
    assertEquals(406, get(document.cid() + "?format=tar").status());
  }

  @Test
  void pages_of_any_origin_read_what_is_public() {
    String page = "Origin: https://page.example";
    WireAnswer answer = get(file.root() + "?format=raw", page);
    assertEquals("*", answer.header("Access-Control-Allow-Origin"));
    assertTrue(answer.head().headers("Access-Control-Expose-Headers").contains("X-Ipfs-Roots"));
    assertTrue(answer.head().headers("Access-Control-Expose-Headers").contains("Ipfs-Uri"));
    assertEquals("", answer.header("Access-Control-Allow-Credentials"));
    WireAnswer preflight = node.ask("OPTIONS /ipfs/" + file.root(), page);
    assertEquals(200, preflight.status());
    assertTrue(preflight.head().headers("Access-Control-Allow-Methods").contains("HEAD"));
    assertEquals("", node.ask("GET /v1/node", page).header("Access-Control-Allow-Origin"));
    try (NodeUnderTest closed = NodeUnderTest.start(dir.resolve("closed"))) {
      WireAnswer unknown = closed.ask("GET /ipfs/bafkqaaa", page);
      assertEquals("", unknown.header("Access-Control-Allow-Origin"));
    }
  }

  @Test
  void of_several_forms_the_one_that_is_wanted_most_counts() {
    String root = file.root().toString();
    WireAnswer car =
        get(root, "Accept: application/vnd.ipld.raw;q=0.1, application/vnd.ipld.car;q=0.9");
    assertTrue(car.header("Content-Type").startsWith("application/vnd.ipld.car"));
    WireAnswer raw = get(root + "?format=raw", "Accept: application/vnd.ipld.car");
    assertEquals("application/vnd.ipld.raw", raw.header("Content-Type"));
    assertEquals("", raw.header("Content-Location"));
  }
}
