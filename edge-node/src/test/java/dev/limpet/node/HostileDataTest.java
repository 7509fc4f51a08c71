package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.InMemoryBlockstore;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.testkit.wire.WireAnswer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data that was made to keep a node busy, added to one and asked for in every form. */
class HostileDataTest {
  /** A UnixFS message that says nothing but that this is a directory. */
  private static final byte[] DIRECTORY = {8, 1};

  @TempDir Path dir = Path.of("");

  private final InMemoryBlockstore blocks = new InMemoryBlockstore();
  private NodeUnderTest node;

  @BeforeEach
  void start() {
    node = NodeUnderTest.start(dir, "quota=64MiB");
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private Cid put(Block block) {
    blocks.put(block);
    return block.cid();
  }

  private Cid directory(Cid child, List<String> names) {
    List<PbLink> links = names.stream().map(name -> new PbLink(child, name, 1)).toList();
    return put(Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(links, DIRECTORY))));
  }

  /** Directories that name one below them again and again: width to the power of levels. */
  private Cid bomb(int levels, int width) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      names.add("%03d".formatted(i));
    }
    Cid root = put(Block.of(Multicodec.RAW, new byte[] {1}));
    for (int level = 0; level < levels; level++) {
      root = directory(root, names);
    }
    return root;
  }

  private void add(Cid root) {
    WireAnswer added = node.add(new SampleDag(root, blocks).car());
    assertEquals(201, added.status(), added::text);
  }

  @Test
  void a_directory_that_unfolds_to_more_than_there_are_atoms_is_added_listed_and_given_as_it_is() {
    Cid root = bomb(40, 200);
    add(root);
    assertEquals(200, node.ask("GET /ipfs/" + root + "/", "Accept: application/json").status());
    assertEquals(200, node.ask("GET /ipfs/" + root + "/", "Accept: text/html").status());
    byte[] car = node.ask("GET /ipfs/" + root + "?format=car").bytes();
    assertTrue(car.length < 41 * 200 * 60, car.length + " bytes");
    assertEquals(200, node.ask("POST /v1/store/gc").status());
    assertEquals(204, node.ask("DELETE /v1/pins/" + root).status());
  }

  @Test
  void names_that_are_none_are_listed_and_lead_nowhere() {
    Cid leaf = put(Block.of(Multicodec.RAW, new byte[] {1}));
    Cid root = directory(leaf, List.of("", ".", "..", "a\u0000b", "a/b", "n".repeat(4096)));
    add(root);
    WireAnswer list = node.ask("GET /ipfs/" + root + "/", "Accept: application/json");
    assertEquals(200, list.status(), list::text);
    assertTrue(list.text().contains("a\\u0000b"), "the name is escaped");
    for (String name : List.of(".", "..", "a%00b")) {
      assertEquals(400, node.ask("GET /ipfs/" + root + "/" + name).status(), name);
    }
    for (String name : List.of("a/b", "a%2Fb", "a%252Fb")) { // no path names it
      assertEquals(404, node.ask("GET /ipfs/" + root + "/" + name).status(), name);
    }
    assertEquals(400, node.ask("GET /ipfs/" + root + "?format=tar").status());
  }

  @Test
  void an_encoded_slash_leads_to_the_file_in_the_directory_and_never_out_of_the_root() {
    Cid right = put(Block.of(Multicodec.RAW, new byte[] {1}));
    Cid wrong = put(Block.of(Multicodec.RAW, new byte[] {2}));
    Cid inner = directory(right, List.of("b.txt"));
    List<PbLink> links = List.of(new PbLink(inner, "a", 1), new PbLink(wrong, "a/b.txt", 1));
    Cid root = put(Block.of(Multicodec.DAG_PB, DagPb.encode(new PbNode(links, DIRECTORY))));
    add(root);
    for (String path : List.of("/a/b.txt", "/a%2Fb.txt", "%2Fa/b.txt", "/x%2F..%2Fa%2fb%2Etxt")) {
      WireAnswer answer = node.ask("GET /ipfs/" + root + path);
      assertEquals(200, answer.status(), path);
      assertArrayEquals(new byte[] {1}, answer.bytes(), path);
      assertEquals("ipfs://" + root + "/a/b.txt", answer.header("Ipfs-Uri"), path);
    }
    WireAnswer out = node.ask("GET /ipfs/" + root + "/..%2F" + wrong);
    assertEquals(400, out.status(), out::text);
  }

  @Test
  void a_name_that_is_too_long_to_be_listed_is_added_and_found() {
    Cid leaf = put(Block.of(Multicodec.RAW, new byte[] {1}));
    Cid root = directory(leaf, List.of("a", "n".repeat(1 << 20)));
    add(root);
    for (String accept : List.of("application/json", "text/html")) {
      WireAnswer list = node.ask("GET /ipfs/" + root + "/", "Accept: " + accept);
      assertEquals(400, list.status(), list::text);
      assertEquals("bad-block", list.header("Limpet-Error"));
    }
    assertEquals(200, node.ask("GET /ipfs/" + root + "/a").status());
    assertEquals(400, node.ask("GET /ipfs/" + root + "?format=tar").status());
  }

  @Test
  @Tag("nightly")
  void what_has_no_end_is_refused_before_the_answer_begins() {
    Cid root = bomb(40, 200);
    add(root);
    WireAnswer tar = node.ask("GET /ipfs/" + root + "?format=tar");
    assertEquals(400, tar.status(), tar::text);
    assertTrue(tar.text().contains("1000000 entries"), tar.text());
  }
}
