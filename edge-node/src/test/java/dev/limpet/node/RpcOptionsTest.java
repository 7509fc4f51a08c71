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
 * Arguments and options that all commands have, and those that few people use, on one node. The
 * answers that stand here were recorded from Kubo 0.43.0 with the same requests.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RpcOptionsTest {
  private static final String HELLO = "QmWfVY9y3xjsixTgbd9AorQxH7VtMpzfx2HaWtsoUYecaX";
  private static final String HELLO_32 =
      "bafybeid3weurg3gvyoi7nisadzolomlvoxoppe2sesktnpvdve3256n5tq";
  private static final String HELLO_36 = "k2jmtxug3em5huwwobg0wxnybzs5b00hllnymrahrin673jx96ni0330";
  private static final String TREE = "QmUquRpQ6PsjU7BVZbjBnV8xicCezwk2EPj828kaZEs9Hy";
  private static final String SUB = "QmUQTy8i4bMcgRTmuif8FHFwv3UK78Ei4P8aeF9UFkmLzb";
  private static final String ABSENT =
      "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e";
  private static final String NOT_HERE =
      "block was not found locally (offline): ipld: could not find " + ABSENT;
  private static final String REF = "{\"Ref\":\"%s\",\"Err\":\"\"}";

  private NodeUnderTest node;
  private RpcClient rpc;

  @BeforeAll
  void start(@TempDir Path dir) {
    node = NodeUnderTest.start(dir);
    rpc = new RpcClient(node.url());
    WireAnswer tree =
        rpc.send("add", RpcClient.file("x%2Fa.txt", "hello"), RpcClient.file("x/y/b.txt", "hello"));
    assertEquals(200, tree.status());
  }

  @AfterAll
  void stop() {
    node.close();
  }

  private String dag(String json) {
    String answer = rpc.send("dag/put", RpcClient.file("", json)).text();
    return answer.substring(answer.indexOf("bafy"), answer.lastIndexOf("\"}}"));
  }

  @Test
  void cids_are_written_as_is_asked() {
    String hello = RpcClient.file("a.txt", "hello");
    String added = "{\"Name\":\"a.txt\",\"Hash\":\"%s\",\"Size\":\"13\"}";
    assertJson(added.formatted(HELLO_32), rpc.send("add?cid-base=base32", hello));
    assertJson(added.formatted(HELLO_36), rpc.send("add?cid-base=k", hello));
    assertJson(added.formatted(HELLO), rpc.send("add?cid-base=base58btc", hello));
    assertJson(added.formatted(HELLO_32), rpc.send("add?upgrade-cidv0-in-output=true", hello));
    assertJson(
        "{\"Key\":\"" + HELLO_32 + "\",\"Size\":13}",
        rpc.ask("block/stat?cid-base=base32&arg=" + HELLO));
    assertJson(
        "{\"Pins\":[\"" + HELLO_36 + "\"]}", rpc.ask("pin/add?cid-base=base36&arg=" + HELLO));
    assertJson("{\"Path\":\"/ipfs/" + HELLO_36 + "\"}", rpc.ask("resolve?arg=/ipfs/" + HELLO_36));
    assertJson("{\"Path\":\"/ipfs/" + HELLO + "\"}", rpc.ask("resolve?arg=/ipfs/" + HELLO));
    assertJson("{\"Path\":\"/ipfs/" + HELLO_36 + "\"}", rpc.ask("resolve?arg=/ipfs//" + HELLO_36));
    assertJson("{\"Path\":\"/ipfs/" + HELLO + "\"}", rpc.ask("resolve?arg=//ipfs/" + HELLO));
    assertFails(
        "unsupported multibase encoding: base3", rpc.ask("pin/rm?cid-base=base3&arg=" + HELLO));
    assertEquals(200, rpc.ask("pin/ls?arg=" + HELLO).status(), "nothing was done");
  }

  @Test
  void arguments_come_in_a_body_one_a_line() {
    String lines = RpcClient.file("stdin", HELLO + "\r\n" + HELLO);
    assertBytes("text/plain", "hellohello", rpc.send("cat", lines));
    assertBytes("text/plain", "hellohellohello", rpc.send("cat?arg=" + HELLO, lines));
    assertBytes("text/plain", "hello", rpc.send("cat?arg=" + HELLO, RpcClient.file("", "")));
    assertJson("{\"Key\":\"" + HELLO + "\",\"Size\":13}", rpc.send("block/stat", lines));
    assertJson(
        "{\"Pins\":[\"" + TREE + "\"]}", rpc.send("pin/add", RpcClient.file("", TREE + "\n")));
    assertText(400, "argument \"ipfs-path\" is required", rpc.send("cat", RpcClient.file("", "")));
    WireAnswer tooMany = rpc.send("refs", RpcClient.file("", (HELLO + "\n").repeat(6000)));
    assertText(400, "arguments in a body have at most 262144 bytes; ask in parts", tooMany);
  }

  @Test
  void an_argument_stands_at_the_end_of_the_path() {
    assertBytes("text/plain", "hello", rpc.ask("cat/" + HELLO));
    assertBytes("text/plain", "hellohello", rpc.ask("cat/" + HELLO + "?arg=" + HELLO));
    assertText(400, "file argument 'path' is required", rpc.ask("add/" + HELLO));
    for (String none : List.of("key/" + HELLO, "version/deps", "commands/completion", "cat/a/b")) {
      assertText(404, "404 page not found", rpc.ask(none));
    }
  }

  @Test
  void paths_are_uris_too() {
    for (String path :
        List.of(
            "ipfs://" + TREE + "/y/b.txt",
            "IPFS:" + TREE + "/a.txt",
            "ipld://" + TREE + "/a.txt")) {
      assertBytes("text/plain", "hello", rpc.ask("cat?arg=" + path));
    }
    assertEquals(500, rpc.ask("cat?arg=ipfs:").status());
    assertEquals(500, rpc.ask("cat?arg=http://" + TREE).status());
  }

  @Test
  void what_makes_no_sense_as_an_option_is_told_before_anything_is_done() {
    assertText(
        400,
        "invalid encoding: text; a node answers in json",
        rpc.ask("pin/rm?encoding=text&arg=" + TREE));
    assertEquals(200, rpc.ask("pin/ls?enc=json&arg=" + TREE).status(), "it is still pinned");
    assertBytes("text/plain", "hello", rpc.ask("cat?encoding=text&arg=" + HELLO));
    assertText(
        400,
        "expected key offset to have only a single value, received [1 2]",
        rpc.ask("cat?offset=1&offset=2&arg=" + HELLO));
    assertText(
        400,
        "could not convert value \"99999999999\" to type \"int\" (for option \"-max-depth\")",
        rpc.ask("refs?r=true&max-depth=99999999999&arg=" + TREE));
    assertText(
        400,
        "could not convert empty value to type \"int64\" (for option \"-offset\")",
        rpc.ask("cat?offset=&arg=" + HELLO));
    assertEquals(200, rpc.ask("ls?nope=maybe&timeout=1m&arg=" + TREE).status());
  }

  @Test
  void references_stop_where_a_block_is_missing_and_go_on_with_the_next_root() {
    String broken = dag("[{\"/\":\"" + HELLO + "\"},{\"/\":\"" + ABSENT + "\"}]");
    String failed = "{\"Ref\":\"\",\"Err\":\"" + NOT_HERE + "\"}";
    assertJson(
        String.join("\n", REF.formatted(HELLO), failed, REF.formatted(HELLO)),
        rpc.ask("refs?arg=" + broken + "&arg=" + SUB));
    assertJson(failed, rpc.ask("refs?arg=" + ABSENT));
  }

  /** A block that is deeper at first is looked at again where there is more room below it. */
  @Test
  void what_was_told_once_is_not_told_again_but_followed_as_deep_as_is_asked() {
    String deep = dag("[{\"/\":\"" + SUB + "\"}]");
    String both = dag("[{\"/\":\"" + deep + "\"},{\"/\":\"" + SUB + "\"}]");
    String ask = "refs?recursive=true&unique=true&max-depth=%d&arg=" + both;
    String known = String.join("\n", REF.formatted(deep), REF.formatted(SUB));
    assertJson(known, rpc.ask(ask.formatted(1)));
    assertJson(known + "\n" + REF.formatted(HELLO), rpc.ask(ask.formatted(2)));
    assertEquals("", rpc.ask(ask.formatted(0)).text());
  }

  @Test
  void a_file_is_listed_by_its_pieces() {
    String added = rpc.send("add?chunker=size-3&q=true", RpcClient.file("f", "abcdef")).text();
    String file = added.substring(added.indexOf("Qm"), added.indexOf("Qm") + 46);
    String listed = rpc.ask("ls?arg=" + file).text();
    String piece = "\"Size\":3,\"Type\":2,\"Target\":\"\",\"Mode\":0";
    assertEquals(2, listed.split(piece, -1).length - 1, listed);
    assertTrue(listed.contains("{\"Name\":\"\",\"Hash\":\"Qm"), listed);
    assertJson(
        "{\"Objects\":[{\"Hash\":\"" + HELLO + "\",\"Links\":[]}]}", rpc.ask("ls?arg=" + HELLO));
  }

  @Test
  void adding_is_silent_and_names_a_pin_only_where_there_is_one() {
    String hello = RpcClient.file("a.txt", "hello");
    assertEquals("", rpc.send("add?silent=true", hello).text());
    assertFails(
        "pin-name option requires pin to be set", rpc.send("add?pin=false&pin-name=x", hello));
    assertFails(
        "pin name is 256 bytes (max 255 bytes)",
        rpc.ask("pin/add?name=" + "x".repeat(256) + "&arg=" + HELLO));
    assertFails(
        "option \"mtime-nsecs\" requires \"mtime\" to be provided as well",
        rpc.send("add?mtime-nsecs=5", hello));
    assertFails(
        "unable to use \"format\" (deprecated) and a custom \"cid-codec\" at the same time",
        rpc.send("block/put?format=v0&cid-codec=dag-pb", hello));
  }

  @Test
  void what_is_here_of_a_dag_is_exported_and_imported_without_a_pin() {
    String broken = dag("{\"a\":{\"/\":\"" + HELLO + "\"},\"b\":{\"/\":\"" + ABSENT + "\"}}");
    WireAnswer car = rpc.ask("dag/export?local-only=true&arg=" + broken);
    assertEquals(200, car.status());
    assertTrue(car.trailer("X-Stream-Error").isEmpty());
    String part = RpcClient.part("application/vnd.ipld.car", "a.car", car.latin1());
    assertJson(
        "{\"Stats\":{\"BlockCount\":2,\"BlockBytesCount\":98}}",
        rpc.send("dag/import?local-only=true&stats=true", part));
    assertEquals(500, rpc.send("dag/import?local-only=true&pin-roots=true", part).status());
  }

  @Test
  void a_record_holds_for_as_long_as_its_options_say() {
    String publish = "name/publish?arg=" + TREE;
    assertFails(
        "cannot use both --allow-offline and --allow-delegated flags",
        rpc.ask(publish + "&allow-offline=true&allow-delegated=true"));
    assertFails("lifetime must be greater than zero, got 0s", rpc.ask(publish + "&lifetime=0s"));
    assertFails(
        "ttl (2h0m0s) must not be greater than lifetime (1h30m0s)",
        rpc.ask(publish + "&lifetime=1.5h&ttl=2h"));
    assertFails("ttl must not be negative, got -1s", rpc.ask(publish + "&ttl=-1s"));
    assertFails("time: invalid duration \"1\"", rpc.ask(publish + "&ttl=1"));
    assertEquals(200, rpc.ask(publish + "&sequence=10").status());
    assertFails(
        "sequence number must be greater than the current record sequence",
        rpc.ask(publish + "&sequence=10"));
    assertJson("{\"Path\":\"/ipfs/" + TREE + "\"}", rpc.ask("name/resolve?stream=true"));
  }

  @Test
  void a_node_knows_itself_and_what_an_id_says() {
    String id = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
    assertEquals(500, rpc.ask("id?arg=" + id).status());
    assertJson(
        "{\"ID\":\"k51qzi5uqu5di3f1nh9ghouv3e5dfupe3wbgb8gy679ko7ttpovbtr2bwjz8rt\",\"PublicKey\":\"CAESIEy1q/atefv1q7zK/MJp2FzSZR7UuIW1hp8kGu3wpbop\",\"Addresses\":[\"/p2p/"
            + id
            + "\"],"
            + "\"AgentVersion\":\"\",\"Protocols\":[]}",
        rpc.ask("id?offline=true&peerid-base=base36&arg=" + id));
    assertFails("invalid peer id", rpc.ask("id?arg=nope"));
    assertTrue(rpc.ask("id?peerid-base=base36").text().startsWith("{\"ID\":\"k51"));
  }

  @Test
  void a_store_mends_itself_and_fetches_nothing() {
    assertTrue(rpc.ask("repo/verify?heal=true").text().contains("online mode"));
    String verified = rpc.ask("repo/verify?drop=true").text();
    assertTrue(verified.endsWith("\"verify complete, all blocks validated.\",\"Progress\":0}\n"));
  }
}
