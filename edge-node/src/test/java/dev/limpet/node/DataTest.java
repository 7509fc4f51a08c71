package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.car.CarLimits;
import dev.limpet.content.car.CarReader;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.Dag;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.content.unixfs.ContentPath;
import dev.limpet.content.unixfs.UnixFsFile;
import dev.limpet.content.unixfs.UnixFsReader;
import dev.limpet.protocol.DirectoryItem;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.Page;
import dev.limpet.testkit.wire.WireAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTest {
  private static final int FILE_BYTES = 5_000_000;

  @TempDir static Path dir = Path.of("");

  private static NodeUnderTest node;
  private static SampleDag tree;
  private static SampleDag file;

  @BeforeAll
  static void start() {
    node = NodeUnderTest.start(dir.resolve("node"));
    tree =
        SampleDag.directory(
            dir,
            Map.of(
                "a.txt",
                "alpha",
                "b.csv",
                "x,y\n",
                "page.html",
                "<p>",
                "plain",
                "text",
                "sub/c d.txt",
                "gamma"));
    file = SampleDag.file(1, FILE_BYTES);
    assertEquals(201, node.add(tree.car()).status());
    assertEquals(201, node.add(file.car()).status());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private WireAnswer get(String below, String... lines) {
    return node.ask("GET /ipfs/" + below, lines);
  }

  @Test
  void a_file_has_its_bytes_its_type_and_its_cid_as_tag() {
    WireAnswer answer = get(tree.root() + "/sub/c%20d.txt");
    assertEquals("gamma", answer.text());
    assertEquals("text/plain; charset=utf-8", answer.header("Content-Type"));
    assertEquals("nosniff", answer.header("X-Content-Type-Options"));
    assertEquals("sandbox allow-scripts", answer.header("Content-Security-Policy"));
    assertEquals("private, max-age=29030400, immutable", answer.header("Cache-Control"));
    assertEquals("text/csv; charset=utf-8", get(tree.root() + "/b.csv").header("Content-Type"));
    assertEquals(
        "text/html; charset=utf-8", get(tree.root() + "/page.html").header("Content-Type"));
    assertEquals("text/plain; charset=utf-8", get(tree.root() + "/plain").header("Content-Type"));
    assertEquals("application/octet-stream", get(file.root().toString()).header("Content-Type"));
  }

  @Test
  void json_is_known_by_its_bytes_where_no_name_says_what_it_is() {
    String longer = "{\"a\": \"" + "x".repeat(2000) + "\"}";
    SampleDag json =
        SampleDag.directory(dir, Map.of("list", "[{\"a\": 1}, 2]\n", "longer", longer));
    assertEquals(201, node.add(json.car()).status());
    for (String name : List.of("list", "longer")) {
      assertEquals("application/json", get(json.root() + "/" + name).header("Content-Type"));
    }
    assertEquals(
        "text/plain; charset=utf-8",
        get(json.root() + "/list?filename=list.txt").header("Content-Type"));
  }

  @Test
  void a_large_file_streams_whole() {
    WireAnswer answer = get(file.root().toString());
    assertArrayEquals(SampleDag.bytes(1, FILE_BYTES), answer.bytes());
    assertEquals(Integer.toString(FILE_BYTES), answer.header("Content-Length"));
    assertEquals("\"" + file.root() + "\"", answer.header("ETag"));
  }

  @Test
  void ranges_are_answered_exactly() {
    byte[] bytes = SampleDag.bytes(1, FILE_BYTES);
    WireAnswer middle = get(file.root().toString(), "Range: bytes=1048570-1048579");
    assertEquals(206, middle.status());
    assertEquals("bytes 1048570-1048579/" + FILE_BYTES, middle.header("Content-Range"));
    assertArrayEquals(Arrays.copyOfRange(bytes, 1048570, 1048580), middle.bytes());
    WireAnswer end = get(file.root().toString(), "Range: bytes=-3");
    assertArrayEquals(Arrays.copyOfRange(bytes, FILE_BYTES - 3, FILE_BYTES), end.bytes());
    WireAnswer open = get(file.root().toString(), "Range: bytes=4999990-");
    assertEquals(10, open.bytes().length);
    WireAnswer long_ = get(file.root().toString(), "Range: bytes=1000-3000000");
    assertArrayEquals(Arrays.copyOfRange(bytes, 1000, 3_000_001), long_.bytes());
  }

  @Test
  void a_range_touches_the_blocks_that_it_needs() {
    long before = blocksRead();
    assertEquals(4096, get(file.root().toString(), "Range: bytes=2500000-2504095").bytes().length);
    long touched = blocksRead() - before;
    // the root for what it is, the first leaf for its type, the root and one leaf for the range
    assertTrue(touched > 0 && touched <= 5, () -> touched + " blocks were read");
  }

  private long blocksRead() {
    return node.metric("limpet_node_blocks_read");
  }

  @Test
  void a_range_behind_the_end_is_refused_and_others_are_ignored() {
    WireAnswer behind = get(file.root().toString(), "Range: bytes=5000000-");
    assertEquals(416, behind.status());
    assertEquals("bytes */" + FILE_BYTES, behind.header("Content-Range"));
    assertEquals("range-not-satisfiable", behind.header("Limpet-Error"));
    String a = tree.root() + "/a.txt";
    assertEquals("al", get(a, "Range: bytes=0-1,3-4").text());
    assertEquals("pha", get(a, "Range: bytes=7-8,2-4").text());
    assertEquals(200, get(a, "Range: lines=1-2").status());
    assertEquals(200, get(a, "Range: bytes=4-2").status());
    assertEquals(200, get(a, "Range: bytes=0-1", "If-Range: \"other\"").status());
  }

  @Test
  void who_has_the_file_already_gets_304() {
    String tag = "\"" + file.root() + "\"";
    WireAnswer answer = get(file.root().toString(), "If-None-Match: \"x\", W/" + tag);
    assertEquals(304, answer.status());
    assertEquals(tag, answer.header("ETag"));
    assertEquals(200, get(file.root().toString(), "If-None-Match: \"x\"").status());
  }

  @Test
  void head_says_what_get_would() {
    WireAnswer head = node.ask("HEAD /ipfs/" + file.root());
    assertEquals(200, head.status());
    assertEquals(Integer.toString(FILE_BYTES), head.header("Content-Length"));
    assertEquals("", head.text());
    assertEquals(404, node.ask("HEAD /ipfs/" + SampleDag.file(9, 9).root()).status());
  }

  @Test
  void a_directory_is_a_page_of_json() {
    WireAnswer first = get(tree.root() + "/?limit=2&format=json");
    assertEquals("application/json", first.header("Content-Type"));
    Page<DirectoryItem> page = Json.readPage(DirectoryItem.class, first.bytes(), 1 << 20);
    assertEquals(
        List.of("a.txt", "b.csv"), page.items().stream().map(DirectoryItem::name).toList());
    Page<DirectoryItem> rest =
        Json.readPage(
            DirectoryItem.class,
            get(tree.root() + "?cursor=" + page.next(), "Accept: application/json").bytes(),
            1 << 20);
    assertEquals(
        List.of("page.html", "plain", "sub"),
        rest.items().stream().map(DirectoryItem::name).toList());
    assertNull(rest.next());
  }

  @Test
  void a_directory_without_its_slash_is_redirected_and_a_file_with_one_is_not_there() {
    WireAnswer moved = get(tree.root() + "/sub");
    assertEquals(301, moved.status());
    assertEquals("/ipfs/" + tree.root() + "/sub/", moved.header("Location"));
    assertEquals(404, get(tree.root() + "/a.txt/").status());
  }

  @Test
  void a_block_comes_raw() {
    WireAnswer raw = get(tree.root() + "?format=raw");
    assertEquals("application/vnd.ipld.raw", raw.header("Content-Type"));
    assertArrayEquals(tree.blocks().require(tree.root()), raw.bytes());
    WireAnswer accepted = get(tree.root() + "/", "Accept: application/vnd.ipld.raw");
    assertArrayEquals(raw.bytes(), accepted.bytes());
    assertEquals(
        Integer.toString(raw.bytes().length),
        node.ask("HEAD /ipfs/" + tree.root() + "?format=raw").header("Content-Length"));
  }

  @Test
  void a_car_lets_a_stranger_check_where_a_path_leads() throws IOException {
    WireAnswer answer = get(tree.root() + "/sub?format=car");
    assertEquals(200, answer.status());
    String[] roots = answer.header("X-Ipfs-Roots").split(",", -1);
    assertEquals(tree.root().toString(), roots[0]);
    InMemoryBlockstore blocks = new InMemoryBlockstore();
    CarReader reader =
        new CarReader(new ByteArrayInputStream(answer.bytes()), CarLimits.unbounded());
    assertEquals(List.of(Cid.parse(roots[1])), reader.roots());
    for (Block block = reader.next(); block != null; block = reader.next()) {
      blocks.put(block);
    }
    UnixFsReader files = new UnixFsReader(blocks);
    assertTrue(
        files.resolve(new ContentPath(tree.root(), List.of("sub", "c d.txt")))
            instanceof UnixFsFile);
    assertArrayEquals(answer.bytes(), get(tree.root() + "/sub?format=car").bytes());
    assertEquals(
        "application/vnd.ipld.car; version=1; order=dfs; dups=n", answer.header("Content-Type"));
  }

  @Test
  void a_whole_dag_travels_as_a_car_to_another_node() {
    WireAnswer answer = get(file.root().toString(), "Accept: application/vnd.ipld.car");
    try (NodeUnderTest other = NodeUnderTest.start(dir.resolve("other"))) {
      assertEquals(201, other.add(answer.bytes()).status());
      assertEquals(200, other.ask("HEAD /ipfs/" + file.root()).status());
    }
  }

  @Test
  void head_of_a_car_states_no_length_since_none_is_known() {
    WireAnswer head = node.ask("HEAD /ipfs/" + file.root() + "?format=car");
    assertEquals(200, head.status());
    assertEquals("", head.header("Content-Length"));
    assertEquals("chunked", head.header("Transfer-Encoding"));
    assertEquals(0, head.bytes().length);
  }

  @Test
  void a_part_of_a_dag_that_is_not_here_whole_is_no_car() {
    Block here = Block.of(Multicodec.RAW, new byte[] {1});
    byte[] parent = DagCbor.encode(new Ipld.ListNode(List.of(new Ipld.LinkNode(here.cid()))));
    Block root = Block.of(Multicodec.DAG_CBOR, parent);
    assertEquals(201, node.add(SampleDag.car(List.of(root.cid()), List.of(root, here))).status());
    assertEquals(200, get(root.cid() + "?format=car").status());
    Cid unknown = Cid.of(0x78, new byte[] {1});
    assertEquals("not-supported", get(unknown.toString()).header("Limpet-Error"));
    Cid missing = SampleDag.file(77, 10).root();
    assertEquals("data-not-found", get(missing + "?format=car").header("Limpet-Error"));
  }

  @Test
  void a_name_that_is_not_there_is_404_and_its_sentence_names_it() {
    WireAnswer answer = get(tree.root() + "/sub/nothing");
    assertEquals(404, answer.status());
    assertEquals("data-not-found", answer.header("Limpet-Error"));
    assertTrue(answer.text().contains("nothing"));
    assertEquals(404, get(tree.root() + "/a.txt/below").status());
    assertEquals("no-store", answer.header("Cache-Control"));
  }

  @Test
  void what_a_query_says_of_ours_must_be_right_and_the_rest_is_the_pages_own() {
    assertEquals("bad-query", get(tree.root() + "/?limit=0").header("Limpet-Error"));
    assertEquals("bad-query", get(tree.root() + "/?format=zip").header("Limpet-Error"));
    assertEquals("alpha", get(tree.root() + "/a.txt?v=17").text());
  }

  @Test
  void both_versions_of_a_cid_name_the_same_file() {
    Cid leaf = Dag.links(file.root(), file.blocks().require(file.root())).getFirst();
    assertNotNull(leaf);
    assertEquals(1 << 20, get(leaf.toString()).bytes().length);
  }
}
