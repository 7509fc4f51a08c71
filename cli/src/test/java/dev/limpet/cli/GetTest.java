package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.block.Block;
import dev.limpet.content.car.CarWriter;
import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagPb;
import dev.limpet.content.ipld.PbLink;
import dev.limpet.content.ipld.PbNode;
import dev.limpet.testkit.wire.WireServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code limpet get} of DAGs that somebody made to write where they should not. */
class GetTest {
  @TempDir private Path directory = Path.of("");

  private final RecordingTerminal terminal = new RecordingTerminal();
  private final List<Block> blocks = new ArrayList<>();
  private Path outside = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void folders() throws IOException {
    outside = Files.createDirectory(directory.resolve("outside"));
    target = Files.createDirectory(directory.resolve("here")).resolve("got");
  }

  private Cid block(long codec, byte[] bytes) {
    Block block = Block.of(codec, bytes);
    blocks.add(block);
    return block.cid();
  }

  private Cid file(String text) {
    return block(Multicodec.RAW, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Links stand in the block as they are given here: in no order, with any name, even twice. */
  private Cid folder(PbLink... links) {
    return block(
        Multicodec.DAG_PB, DagPb.encode(new PbNode(List.of(links), new byte[] {0x08, 0x01})));
  }

  private Cid link(String to) {
    byte[] path = to.getBytes(StandardCharsets.UTF_8);
    byte[] data = new byte[path.length + 4];
    data[0] = 0x08;
    data[1] = 0x04;
    data[2] = 0x12;
    data[3] = (byte) path.length;
    System.arraycopy(path, 0, data, 4, path.length);
    return block(Multicodec.DAG_PB, DagPb.encode(new PbNode(List.of(), data)));
  }

  private static PbLink named(String name, Cid cid) {
    return new PbLink(cid, name, 1);
  }

  private int get(Cid root, String... options) throws IOException {
    ByteArrayOutputStream car = new ByteArrayOutputStream();
    CarWriter writer = new CarWriter(car, List.of(root));
    for (Block block : blocks) {
      writer.write(block);
    }
    WireServer.Script script =
        exchange -> {
          exchange.begin(200, "Content-Type: application/vnd.ipld.car");
          exchange.chunk(car.toByteArray());
          exchange.end();
        };
    try (WireServer gateway = WireServer.start(script)) {
      List<String> all = new ArrayList<>(List.of("get", root.toString(), "-o", target.toString()));
      all.add("--gateway=" + gateway.url());
      all.addAll(List.of(options));
      return terminal.run(all.toArray(String[]::new));
    }
  }

  private void nothingWasWritten() throws IOException {
    assertFalse(Files.exists(target, LinkOption.NOFOLLOW_LINKS), "the target");
    try (var here = Files.list(directory.resolve("here"))) {
      assertEquals(List.of(), here.toList());
    }
    nothingIsOutside();
  }

  private void nothingIsOutside() throws IOException {
    try (var there = Files.list(outside)) {
      assertEquals(List.of(), there.toList());
    }
    try (var all = Files.list(directory)) {
      assertEquals(2, all.count());
    }
  }

  @Test
  void an_honest_folder_comes_whole() throws IOException {
    Cid root = folder(named("a.txt", file("alpha")), named("b", folder(named("c", file("c")))));
    assertEquals(0, get(root), terminal.err());
    assertEquals("alpha", Files.readString(target.resolve("a.txt")));
    assertEquals("c", Files.readString(target.resolve("b/c")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"..", ".", "../evil", "../../outside/evil", "a/b", "/tmp/evil", "a\\b", "a\0b"})
  void a_name_that_is_no_file_name_ends_it_and_nothing_is_written(String name) throws IOException {
    assertEquals(4, get(folder(named(name, file("evil"))), "--symlinks"), terminal.err());
    assertTrue(terminal.err().contains("[not-written]"), terminal.err());
    nothingWasWritten();
  }

  @Test
  void a_link_is_refused_unless_it_is_asked_for() throws IOException {
    Cid root = folder(named("l", link(outside.toString())));
    assertEquals(4, get(root));
    assertTrue(terminal.err().contains("--symlinks"), terminal.err());
    nothingWasWritten();
    assertEquals(0, get(root, "--symlinks"), terminal.err());
    assertEquals(outside, Files.readSymbolicLink(target.resolve("l")));
  }

  @Test
  void nothing_is_written_through_a_link_of_the_dag() throws IOException {
    Cid evil = folder(named("evil", file("evil")));
    Cid root = folder(named("l", link(outside.toString())), named("l", evil));
    get(root, "--symlinks");
    nothingIsOutside();
  }

  @Test
  void no_file_is_written_through_a_link_of_its_own_name() throws IOException {
    Cid root =
        folder(named("l", link(outside.resolve("evil").toString())), named("l", file("evil")));
    get(root, "--symlinks");
    nothingIsOutside();
  }

  @Test
  void what_stands_at_the_target_already_stays_as_it_is() throws IOException {
    Files.createSymbolicLink(target, outside.resolve("evil"));
    assertEquals(2, get(folder(named("a", file("a")))));
    assertFalse(Files.exists(outside.resolve("evil")));
  }
}
