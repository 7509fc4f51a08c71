package dev.limpet.node;

import static dev.limpet.node.RpcAnswers.assertBytes;
import static dev.limpet.node.RpcAnswers.assertFails;
import static dev.limpet.node.RpcAnswers.assertJson;
import static dev.limpet.node.RpcAnswers.assertText;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shapes of Kubo's commands, on one node. The answers that stand here were recorded from Kubo
 * 0.43.0 with the same requests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RpcTest {
  private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
  private static final String HELLO_RAW =
      "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";
  private static final String TREE = "QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy";
  private static final String SUB = "QmUQTy8i4bMcgRTmuif8FHFwv3UK78Ei4P8aeF9UFkmLzb";
  private static final String ABSENT =
      "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  private static final String NOT_HERE =
      "block was not found locally (offline): ipld: could not find " + ABSENT;
  private static final String ADDED_TREE =
      """
      {"Name":"x/a.txt","Hash":"%s","Size":"13"}
      {"Name":"x/y/b.txt","Hash":"%s","Size":"13"}
      {"Name":"x/y","Hash":"%s","Size":"64"}
      {"Name":"x","Hash":"%s","Size":"171"}
      """
          .formatted(HELLO, HELLO, SUB, TREE);

  private NodeUnderTest node;
  private RpcClient rpc;

  @BeforeAll
  void start(@TempDir Path dir) {
    node = NodeUnderTest.start(dir);
    rpc = new RpcClient(node.url());
    WireAnswer tree =
        rpc.send("add", RpcClient.file("x%2Fa.txt", "hello"), RpcClient.file("x/y/b.txt", "hello"));
    assertEquals(ADDED_TREE, tree.text());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  @Test
  void what_a_client_asks_first_is_answered() {
    assertTrue(rpc.ask("version?encoding=json").text().startsWith("{\"Version\":\"0.43.0\","));
    assertTrue(rpc.ask("id").text().startsWith("{\"ID\":\"12D3Koo"));
    assertJson("{\"Peers\":[]}", rpc.ask("swarm/peers"));
    assertJson("{\"Version\":\"18\"}", rpc.ask("repo/version"));
    String commands = rpc.ask("commands").text();
    assertTrue(commands.startsWith("{\"Name\":\"ipfs\",\"Subcommands\":[{\"Name\":\"add\","));
    assertTrue(commands.contains("{\"Name\":\"dag\",\"Subcommands\":[{\"Name\":\"export\","));
    assertTrue(rpc.ask("config/show").text().contains("\"API\":\"/ip4/127.0.0.1/tcp/"));
  }

  @Test
  void adding_tells_of_files_then_of_directories_and_pins_what_is_at_the_top() {
    assertJson(
        "{\"Keys\":{\"" + TREE + "\":{\"Type\":\"recursive\",\"Name\":\"\"}}}",
        rpc.ask("pin/ls?arg=" + TREE + "&names=true"));
    assertJson(
        "{\"Keys\":{\"" + SUB + "\":{\"Type\":\"indirect through " + TREE + "\",\"Name\":\"\"}}}",
        rpc.ask("pin/ls?arg=" + TREE + "/y"));
  }

  @Test
  void adding_wraps_counts_and_makes_the_cids_that_are_asked_for() {
    String[] parts = {RpcClient.file("x/a.txt", "hello"), RpcClient.file("b", "hello")};
    assertJson(
        """
        {"Name":"x/a.txt","Bytes":5}
        {"Name":"x/a.txt","Hash":"%s","Size":"5"}
        {"Name":"b","Bytes":5}
        {"Name":"b","Hash":"%s","Size":"5"}
        {"Name":"x","Hash":"bafybeicdexjwatebfhiltofxjw7xgzcjphgj2axkeneflnrmztijfru3tu","Size":"58"}
        {"Name":"","Hash":"bafybeih5yj26exivbtllyo3ovlguj5rr2u2fsbfnlxjkmo6r7kwu3alraq","Size":"157"}\
        """
            .formatted(HELLO_RAW, HELLO_RAW),
        rpc.send("add?progress=true&w=true&cid-version=1&pin=true", parts));
    assertJson(
        "{\"Name\":\"b\",\"Hash\":\"" + HELLO_RAW + "\",\"Size\":\"5\"}",
        rpc.send("add?raw-leaves=true&n=true", RpcClient.file("b", "hello")));
    assertJson(
        "{\"Name\":\"" + HELLO + "\",\"Hash\":\"" + HELLO + "\",\"Size\":\"13\"}",
        rpc.send("add?only-hash=true", RpcClient.file("", "hello")));
    assertJson(
        """
        {"Name":"d/l","Hash":"QmS9U51FvTAqDDVLJ5okMzeLjsEeg8JEG1rPmSq2oPahF6","Size":"11"}
        {"Name":"d/e","Hash":"QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn","Size":"4"}
        {"Name":"d","Hash":"QmahunXHsifwbzXMSqGcfcbkKxorTRuiZLecLej3E76iuR","Size":"105"}\
        """,
        rpc.send(
            "add?only-hash=true",
            RpcClient.part("application/x-directory", "d", ""),
            RpcClient.part("application/x-directory", "d%2Fe", ""),
            RpcClient.part("application/symlink", "d/l", "a.txt")));
  }

  @Test
  void what_is_small_is_inlined_as_kubo_does_it_kept_and_read_back() {
    String[] parts = {
      RpcClient.file("d/a", "hello"),
      RpcClient.file("d/c33", "0".repeat(33)),
      RpcClient.part("application/x-directory", "d%2Fempty", ""),
      RpcClient.file("d/sub/x", "x")
    };
    String root = "QmdaTyKzr6erdYV77RChGSQYDwMQuPA2Qj8zMbMK9EQ5Ys";
    assertJson(
        """
        {"Name":"d/a","Hash":"bafyaadikbmeaeeqfnbswy3dpdacq","Size":"13"}
        {"Name":"d/c33","Hash":"QmYMEZuL4YzgH2YdD71yXBEwuv38BsmfiYGMJ5NfQzbaEZ","Size":"41"}
        {"Name":"d/sub/x","Hash":"bafyaacika4eaeeqbpamac","Size":"9"}
        {"Name":"d/empty","Hash":"bafyaabakaieac","Size":"4"}
        {"Name":"d/sub","Hash":"bafyaagqscqfa2alqaaequbyiaijac6ayaejac6aybefaecab","Size":"35"}
        {"Name":"d","Hash":"%s","Size":"230"}\
        """
            .formatted(root),
        rpc.send("add?inline=true", parts));
    assertEquals("hello", rpc.ask("cat?arg=" + root + "/a").text());
    assertEquals("x", rpc.ask("cat?arg=" + root + "/sub/x").text());
    assertJson(
        "{\"Name\":\"a\",\"Hash\":\"bafkqablimvwgy3y\",\"Size\":\"5\"}",
        rpc.send("add?inline=true&cid-version=1", RpcClient.file("a", "hello")));
    assertEquals("hello", rpc.ask("cat?arg=bafkqablimvwgy3y").text());
    WireAnswer tooMuch = rpc.send("add?inline=true&inline-limit=129", RpcClient.file("a", "hello"));
    assertEquals(500, tooMuch.status());
    assertTrue(tooMuch.text().contains("exceeds maximum allowed size of 128"), tooMuch.text());
  }

  @Test
  void permissions_and_times_are_kept_when_they_are_asked_for() {
    String part =
        "Content-Disposition: form-data; name=\"file?mode=0644&mtime=1000\"; filename=a\r\n\r\n"
            + "hello";
    String kept = rpc.send("add?preserve-mode=true&preserve-mtime=true&n=1", part).text();
    String told = rpc.send("add?mode=0644&mtime=1000&n=1", RpcClient.file("a", "hello")).text();
    assertEquals(told, kept);
    assertTrue(!kept.contains(HELLO), kept);
    assertTrue(rpc.send("add?n=1", part).text().contains(HELLO));
  }

  @Test
  void what_cannot_be_added_is_refused_with_what_is_wrong() {
    String hello = RpcClient.file("a", "hello");
    assertText(400, "file argument 'path' is required", rpc.ask("add"));
    assertText(400, "file argument 'path' is required", rpc.send("add"));
    assertText(
        400,
        "could not convert value \"maybe\" to type \"bool\" (for option \"-pin\")",
        rpc.send("add?pin=maybe", hello));
    assertFails("unknown CID version: 2", rpc.send("add?cid-version=2", hello));
    assertFails(
        "a chunker is size-BYTES, rabin, rabin-AVERAGE, rabin-MIN-AVERAGE-MAX or buzhash",
        rpc.send("add?chunker=foo", hello));
    assertFails("a node has no MFS; leave --to-files out", rpc.send("add?to-files=/x", hello));
    assertFails(
        "raw-leaves can't be used with UnixFS metadata like mode or modification time",
        rpc.send("add?raw-leaves=true&preserve-mode=true", hello));
  }

  @Test
  void files_are_read_whole_in_part_and_one_after_the_other() {
    assertBytes("text/plain", "hello", rpc.ask("cat?arg=" + TREE + "/a.txt"));
    assertEquals("5", rpc.ask("cat/?arg=/ipfs/" + TREE + "/a.txt/").header("X-Content-Length"));
    assertBytes("text/plain", "ll", rpc.ask("cat?arg=" + HELLO + "&offset=2&length=2"));
    assertBytes(
        "text/plain", "lohe", rpc.ask("cat?arg=" + HELLO + "&arg=" + HELLO + "&offset=3&length=4"));
    assertBytes("text/plain", "", rpc.ask("cat?arg=" + HELLO + "&offset=20"));
    assertFails("this dag node is a directory", rpc.ask("cat?arg=" + TREE));
    assertFails("no link named \"z\" under " + TREE, rpc.ask("cat?arg=" + TREE + "/z"));
    assertFails(NOT_HERE, rpc.ask("cat?arg=" + ABSENT));
    assertFails("cannot specify negative offset", rpc.ask("cat?offset=-1&arg=" + HELLO));
    assertText(400, "argument \"ipfs-path\" is required", rpc.ask("cat"));
    assertFails("invalid path \"/foo/x\": unknown namespace: \"foo\"", rpc.ask("cat?arg=/foo/x"));
  }

  @Test
  void a_tree_comes_as_a_tar_file_named_by_the_end_of_its_path() {
    WireAnswer tar = rpc.ask("get?arg=" + TREE + "/y&archive=true");
    assertEquals("application/x-tar", tar.header("Content-Type"));
    List<String> entries = TarListing.of(tar.bytes());
    assertEquals(2, entries.size());
    assertTrue(entries.getLast().contains("y/b.txt"), entries.toString());
    WireAnswer compressed = rpc.ask("get?compress=true&arg=" + HELLO);
    assertEquals("application/gzip", compressed.header("Content-Type"));
    assertEquals(0x1f, compressed.bytes()[0]);
  }

  @Test
  void a_directory_is_listed_at_once_or_in_lines() {
    String a =
        "{\"Name\":\"a.txt\",\"Hash\":\"%s\",\"Size\":5,\"Type\":2,\"Target\":\"\",\"Mode\":0,"
            .formatted(HELLO);
    String y =
        "{\"Name\":\"y\",\"Hash\":\"%s\",\"Size\":0,\"Type\":1,\"Target\":\"\",\"Mode\":0,"
            .formatted(SUB);
    String never = "\"ModTime\":\"0001-01-01T00:00:00Z\"}";
    String head = "{\"Objects\":[{\"Hash\":\"" + TREE + "\",\"Links\":[";
    assertJson(
        head + a + never + "," + y + never + "]}]}",
        rpc.ask("ls?arg=" + TREE + "&resolve-type=true&size=true"));
    WireAnswer lines = rpc.ask("ls?stream=true&arg=" + TREE);
    assertJson(head + a + never + "]}]}\n" + head + y + never + "]}]}", lines);
    assertEquals("1", lines.header("X-Chunked-Output"));
    assertTrue(
        rpc.ask("ls?size=false&resolve-type=false&arg=" + TREE).text().contains("\"Type\":0"));
  }

  @Test
  void links_are_told_with_their_edges_and_as_deep_as_is_asked() {
    String line = "{\"Ref\":\"%s\",\"Err\":\"\"}";
    assertJson(line.formatted(HELLO) + "\n" + line.formatted(SUB), rpc.ask("refs?arg=" + TREE));
    assertJson(
        String.join("\n", line.formatted(HELLO), line.formatted(SUB), line.formatted(HELLO)),
        rpc.ask("refs?r=true&arg=" + TREE));
    assertJson(
        line.formatted(TREE + " -\\u003e " + HELLO)
            + "\n"
            + line.formatted(TREE + " -\\u003e " + SUB),
        rpc.ask("refs?recursive=true&unique=true&edges=true&arg=" + TREE));
    assertJson(
        line.formatted("a.txt") + "\n" + line.formatted("y"),
        rpc.ask("refs?recursive=true&max-depth=1&format=%3Clinkname%3E&arg=" + TREE));
    assertTrue(rpc.ask("refs/local").text().contains("{\"Ref\":\"bafkrei"));
    WireAnswer failed = rpc.ask("refs?recursive=true&arg=" + ABSENT);
    assertJson("{\"Ref\":\"\",\"Err\":\"" + NOT_HERE + "\"}", failed);
  }

  @Test
  void blocks_are_put_told_got_and_removed() {
    WireAnswer put = rpc.send("block/put", RpcClient.file("", "a block"));
    assertTrue(put.text().matches("\\{\"Key\":\"bafkrei[a-z2-7]+\",\"Size\":7}\n"), put.text());
    String key = put.text().substring(8, 8 + ABSENT.length());
    assertBytes("application/vnd.ipld.raw", "a block", rpc.ask("block/get?arg=" + key));
    assertJson("{\"Key\":\"" + key + "\",\"Size\":7}", rpc.ask("block/stat?arg=" + key));
    assertJson("{\"Hash\":\"" + key + "\"}", rpc.ask("block/rm?arg=" + key));
    String gone = "{\"Hash\":\"%s\",\"Error\":\"%s\"}";
    assertJson(gone.formatted(key, "ipld: could not find " + key), rpc.ask("block/rm?arg=" + key));
    assertJson(
        gone.formatted(TREE, "pinned: recursive")
            + "\n"
            + gone.formatted(SUB, "pinned via " + TREE),
        rpc.ask("block/rm?arg=" + TREE + "&arg=" + SUB));
    assertEquals("", rpc.ask("block/rm?force=true&quiet=true&arg=" + key).text());
    assertFails(NOT_HERE, rpc.ask("block/get?arg=" + ABSENT));
  }

  @Test
  void blocks_have_the_codec_and_the_hash_that_are_asked_for() {
    String hello = RpcClient.file("", "hello");
    String key = "{\"Key\":\"%s\",\"Size\":5}";
    assertJson(
        key.formatted("QmRN6wdp1S2A5EtjW9A3M1vKSBuQQGcgvuhoMUoEz4iiT5"),
        rpc.send("block/put?format=v0", hello));
    assertJson(
        key.formatted("bafyreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"),
        rpc.send("block/put?format=cbor", hello));
    assertJson(
        key.formatted(
            "bafkrgqe3ohjcjplc6n4f3fwunlj6upltggn7xqujbsvnvyw764srszz4u4rshq6ztos4chl4plgg4ffyyxnayrtdi5oc4xb2332g645433aeg"),
        rpc.send("block/put?mhtype=sha2-512&pin=true", hello));
    assertFails("unknown multicodec: \"nope\"", rpc.send("block/put?cid-codec=nope", hello));
    assertFails("unrecognized multihash function: nope", rpc.send("block/put?mhtype=nope", hello));
    String large = RpcClient.file("", "x".repeat((2 << 20) + 1));
    assertTrue(rpc.send("block/put", large).text().contains("produced block is over 2MiB"));
  }

  @Test
  void documents_are_put_and_read_at_any_place() {
    String json = "{\"c\":[1,2.5,\"x\"],\"a\":1,\"b\":{\"/\":\"" + ABSENT + "\"}}";
    String cid = "bafyreiclaeyituqowk4ujtv2wi3b2qp3q5nnmi3j3fjwqenmp4257n4cz4";
    assertJson("{\"Cid\":{\"/\":\"" + cid + "\"}}", rpc.send("dag/put", RpcClient.file("", json)));
    assertBytes(
        "text/plain",
        "{\"a\":1,\"b\":{\"/\":\"" + ABSENT + "\"},\"c\":[1,2.5,\"x\"]}",
        rpc.ask("dag/get?arg=" + cid));
    assertBytes("text/plain", "2.5", rpc.ask("dag/get?arg=" + cid + "/c/1"));
    assertFails(NOT_HERE, rpc.ask("dag/get?arg=" + cid + "/b"));
    assertJson(
        "{\"Cid\":{\"/\":\"" + cid + "\"},\"RemPath\":\"/c/1\"}",
        rpc.ask("dag/resolve?arg=" + cid + "/c/1"));
    assertJson(
        "{\"Path\":\"/ipfs/" + SUB + "\"}", rpc.ask("resolve?arg=/ipfs/" + TREE + "/y&r=true"));
    assertBytes(
        "text/plain",
        "{\"Data\":{\"/\":{\"bytes\":\"CAISBWhlbGxvGAU\"}},\"Links\":[]}",
        rpc.ask("dag/get?arg=" + HELLO));
    assertFails("error traversing DAG: " + NOT_HERE, rpc.ask("dag/stat?arg=" + cid));
  }

  @Test
  void dags_are_counted_exported_and_imported() {
    String counted = "{\"Cid\":\"%s\",\"Size\":%d,\"NumBlocks\":%d}";
    assertJson(
        "{\"UniqueBlocks\":3,\"TotalSize\":158,\"SharedSize\":64,\"Ratio\":1.4050633,\"DagStats\":["
            + String.join(",", counted.formatted(TREE, 158, 3), counted.formatted(SUB, 64, 2))
            + "]}",
        rpc.ask("dag/stat?arg=" + TREE + "&arg=" + SUB));
    WireAnswer car = rpc.ask("dag/export?arg=" + TREE);
    assertEquals("application/vnd.ipld.car", car.header("Content-Type"));
    String part = RpcClient.part("application/vnd.ipld.car", "a.car", car.latin1());
    String root = "{\"Root\":{\"Cid\":{\"/\":\"" + TREE + "\"},\"PinErrorMsg\":\"\"}}\n";
    String stats = "{\"Stats\":{\"BlockCount\":3,\"BlockBytesCount\":158}}";
    assertJson(root + stats, rpc.send("dag/import?stats=true", part));
    assertJson(stats, rpc.send("dag/import?stats=true&pin-roots=false", part));
    String cut = RpcClient.file("a.car", car.latin1().substring(0, 100));
    assertEquals(500, rpc.send("dag/import", cut).status());
    assertFails(NOT_HERE, rpc.ask("dag/export?arg=" + ABSENT));
  }

  @Test
  void a_root_that_is_not_whole_is_told_and_not_kept() {
    byte[] car = SampleDag.file(3, 3_000_000).car();
    String text = NodeUnderTest.latin1(car);
    String lacking = text.substring(0, text.length() - (3_000_000 - 2 * (1 << 20)) - 39);
    WireAnswer answer = rpc.send("dag/import", RpcClient.file("", lacking));
    assertTrue(answer.text().contains("\"PinErrorMsg\":\"this node lacks"), answer.text());
  }

  @Test
  void pins_are_added_listed_and_taken_away() {
    String root = added("pinned-once");
    String pins = "{\"Pins\":[\"" + root + "\"]}";
    assertJson(
        "{\"Progress\":1,\"Bytes\":19}\n" + pins,
        rpc.ask("pin/add?progress=true&name=foo&arg=" + root));
    assertJson(
        "{\"Cid\":\"" + root + "\",\"Name\":\"foo\",\"Type\":\"recursive\"}",
        rpc.ask("pin/ls?stream=true&names=true&name=foo&type=recursive"));
    String alone = "pin/add?recursive=false&name=bar&arg=";
    assertFails("pin: " + root + " already pinned recursively", rpc.ask(alone + root));
    assertTrue(rpc.ask("pin/ls?names=true&arg=" + root).text().contains("\"Name\":\"foo\""));
    assertFails(root + " is pinned recursively", rpc.ask("pin/rm?recursive=false&arg=" + root));
    assertJson(pins, rpc.ask("pin/rm?arg=" + root));
    assertFails("not pinned or pinned indirectly", rpc.ask("pin/rm?arg=" + root));
    assertFails("path '" + root + "' is not pinned", rpc.ask("pin/ls?type=direct&arg=" + root));
    assertFails("pin: " + NOT_HERE, rpc.ask("pin/add?arg=" + ABSENT));
    assertFails(
        "invalid type 'foo', must be one of {direct, indirect, recursive, all}",
        rpc.ask("pin/ls?type=foo"));
    assertTrue(rpc.ask("pin/ls").text().contains("\"" + SUB + "\":{\"Type\":\"indirect\""));
  }

  private String added(String content) {
    String line = rpc.send("add", RpcClient.file("f", content)).text();
    return line.substring(line.indexOf("Qm"), line.indexOf("Qm") + HELLO.length());
  }

  @Test
  void the_store_tells_of_itself_and_of_what_it_let_go() {
    assertTrue(rpc.ask("repo/stat").text().matches("\\{\"RepoSize\":[0-9]+,\"StorageMax\".*\n"));
    assertTrue(rpc.ask("repo/stat?size-only=true").text().contains("\"NumObjects\":0"));
    String verified = rpc.ask("repo/verify").text();
    assertTrue(verified.startsWith("{\"Msg\":\"\",\"Progress\":1}\n"), verified);
    assertTrue(
        verified.endsWith("{\"Msg\":\"verify complete, all blocks validated.\",\"Progress\":0}\n"));
    assertEquals(200, rpc.ask("repo/gc?quiet=true").status());
    assertBytes("text/plain", "hello", rpc.ask("cat?arg=" + TREE + "/y/b.txt"));
  }

  @Test
  void a_file_that_lacks_a_block_breaks_off_with_the_reason_in_a_trailer() {
    SampleDag dag = SampleDag.file(5, 3_000_000);
    String text = NodeUnderTest.latin1(dag.car());
    String lacking = text.substring(0, text.length() - (3_000_000 - 2 * (1 << 20)) - 39);
    WireAnswer imported = rpc.send("dag/import?pin-roots=false", RpcClient.file("", lacking));
    assertEquals("", imported.text());
    WireAnswer cat = rpc.ask("cat?arg=" + dag.root());
    assertEquals(200, cat.status());
    assertEquals("X-Stream-Error", cat.header("Trailer"));
    assertTrue(cat.trailer("X-Stream-Error").orElse("").startsWith("block was not found"));
    assertEquals(2 << 20, cat.bytes().length);
  }

  @Test
  void names_are_made_published_followed_and_taken_away() {
    String made = rpc.ask("key/gen?arg=n1&type=ed25519&ipns-base=base36").text();
    assertTrue(made.matches("\\{\"Name\":\"n1\",\"Id\":\"k51[a-z0-9]{59}\"}\n"), made);
    String id = made.substring(made.indexOf("k51"), made.indexOf("k51") + 62);
    assertFails("key with name 'n1' already exists", rpc.ask("key/gen?arg=n1"));
    assertFails("cannot create key with name 'self'", rpc.ask("key/gen?arg=self"));
    assertTrue(
        rpc.ask("key/list?l=true").text().startsWith("{\"Keys\":[{\"Name\":\"self\",\"Id\":"));
    assertTrue(rpc.ask("key/list?ipns-base=b58mh").text().contains("12D3Koo"));
    assertJson(
        "{\"Was\":\"n1\",\"Now\":\"n2\",\"Id\":\"" + id + "\",\"Overwrite\":false}",
        rpc.ask("key/rename?arg=n1&arg=n2"));
    assertJson(
        "{\"Name\":\"" + id + "\",\"Value\":\"/ipfs/" + TREE + "\"}",
        rpc.ask("name/publish?key=n2&lifetime=48h0m0s&ttl=5m&arg=" + TREE));
    assertFails("no key by the given name was found", rpc.ask("name/publish?key=x&arg=" + TREE));
    assertFails(NOT_HERE, rpc.ask("name/publish?key=n2&arg=" + ABSENT));
    assertFails(
        "error parsing lifetime option: time: invalid duration \"x\"",
        rpc.ask("name/publish?lifetime=x&arg=" + TREE));
    assertJson("{\"Path\":\"/ipfs/" + TREE + "\"}", rpc.ask("name/resolve?arg=" + id));
    assertJson("{\"Path\":\"/ipfs/" + SUB + "\"}", rpc.ask("resolve?arg=/ipns/" + id + "/y"));
    assertBytes("text/plain", "hello", rpc.ask("cat?arg=/ipns/" + id + "/y/b.txt"));
    assertFails("could not resolve name", rpc.ask("name/resolve"));
    assertJson("{\"Keys\":[{\"Name\":\"n2\",\"Id\":\"" + id + "\"}]}", rpc.ask("key/rm?arg=n2"));
    assertFails("no key named n2 was found", rpc.ask("key/rm?arg=n2"));
  }

  @Test
  void a_command_that_does_not_exist_is_told_as_kubo_tells_it() {
    for (String command :
        List.of("nope", "files/ls", "object/get", "dag", "dag/x", "version/deps")) {
      assertText(404, "404 page not found", rpc.ask(command));
    }
  }
}
