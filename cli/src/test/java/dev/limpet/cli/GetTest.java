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
      strings = {
        "..",
        ".",
        "../evil",
        "../../outside/evil",
        "a/b",
        "/",
        "/tmp/evil",
        "a/",
        "a\\b",
        "..\\evil",
        "a\0b",
        "\0",
        "a\nb",
        "\u001b[2J",
        "a\u007f",
        "a\u0085b"
      })
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
  void names_that_only_look_like_it_are_names() throws IOException {
    List<String> names = List.of("...", "%2e%2e", "%2F", "~", "-rf", " ", "\u2024\u2024", "a:b");
    Cid text = file("x");
    PbLink[] links = names.stream().map(name -> named(name, text)).toArray(PbLink[]::new);
    assertEquals(0, get(folder(links)), terminal.err());
    for (String name : names) {
      assertEquals("x", Files.readString(target.resolve(name)), name);
    }
    nothingIsOutside();
  }

  @Test
  void a_name_that_is_too_long_for_a_file_ends_it() throws IOException {
    assertEquals(0, get(folder(named("\u00e4".repeat(127), file("x")))), terminal.err());
    target = target.resolveSibling("second");
    assertEquals(4, get(folder(named("\u00e4".repeat(128), file("x")))), terminal.err());
    assertTrue(terminal.err().contains("[not-written]"), terminal.err());
    assertFalse(Files.exists(target));
  }

  @Test
  void of_two_entries_of_one_name_the_first_is_written_whatever_they_are() throws IOException {
    Cid inner = folder(named("c", file("c")));
    Cid root =
        folder(
            named("a", file("first")),
            named("a", file("second")),
            named("a", inner),
            named("b", inner),
            named("b", file("file where a folder is")));
    assertEquals(0, get(root), terminal.err());
    assertEquals("first", Files.readString(target.resolve("a")));
    assertEquals("c", Files.readString(target.resolve("b/c")));
  }

  @Test
  void names_that_differ_by_case_are_two_files_or_end_it_where_they_are_one() throws IOException {
    int exit = get(folder(named("A", file("upper")), named("a", file("lower"))));
    if (exit == 0) {
      assertEquals("upper", Files.readString(target.resolve("A")));
      assertEquals("lower", Files.readString(target.resolve("a")));
    } else {
      assertEquals(4, exit);
      nothingWasWritten();
    }
  }

  @Test
  void folders_that_nest_too_deep_end_it_and_leave_nothing() throws IOException {
    Cid root = file("at the bottom");
    for (int depth = 0; depth < 300; depth++) {
      root = folder(named("d", root));
    }
    assertEquals(4, get(root), terminal.err());
    nothingWasWritten();
  }

  @Test
  void a_file_for_which_there_is_no_room_is_not_begun() throws IOException {
    Cid root = file("x".repeat(1 << 10));
    long size = 1 << 10;
    while (size < 1L << 50) {
      root = manyTimes(root, size);
      size *= COPIES;
    }
    assertEquals(4, get(folder(named("huge", root))), terminal.err());
    assertTrue(terminal.err().contains("room"), terminal.err());
    nothingWasWritten();
  }

  private static final int COPIES = 128;

  /** A file that is one part many times: a few blocks, and more bytes than any disk has. */
  private Cid manyTimes(Cid part, long size) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(new byte[] {0x08, 0x02, 0x18});
    varint(data, size * COPIES);
    PbLink[] links = new PbLink[COPIES];
    for (int i = 0; i < COPIES; i++) {
      data.write(0x20);
      varint(data, size);
      links[i] = named("", part);
    }
    return block(Multicodec.DAG_PB, DagPb.encode(new PbNode(List.of(links), data.toByteArray())));
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    for (; rest > 0x7f; rest >>>= 7) {
      out.write((int) ((rest & 0x7f) | 0x80));
    }
    out.write((int) rest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a\0b", "a\nb"})
  void a_link_to_what_is_no_path_ends_it(String to) throws IOException {
    assertEquals(4, get(folder(named("l", link(to))), "--symlinks"), terminal.err());
    nothingWasWritten();
  }

  @Test
  void nothing_is_written_through_a_link_of_the_dag() throws IOException {
    Cid evil = folder(named("evil", file("evil")));
    Cid root = folder(named("l", link(outside.toString())), named("l", evil));
    assertEquals(0, get(root, "--symlinks"), terminal.err());
    assertEquals(outside, Files.readSymbolicLink(target.resolve("l")));
    nothingIsOutside();
  }

  @Test
  void no_file_is_written_through_a_link_of_its_own_name() throws IOException {
    Cid root =
        folder(named("l", link(outside.resolve("evil").toString())), named("l", file("evil")));
    assertEquals(0, get(root, "--symlinks"), terminal.err());
    nothingIsOutside();
  }

  @Test
  void a_link_that_is_all_there_is_needs_leave_too() throws IOException {
    Cid root = link(outside.toString());
    assertEquals(4, get(root), terminal.err());
    nothingWasWritten();
    assertEquals(0, get(root, "--symlinks"), terminal.err());
    assertTrue(Files.isSymbolicLink(target));
    nothingIsOutside();
  }

  @Test
  void a_link_on_the_disk_stands_in_the_way_and_is_not_followed() throws IOException {
    Files.createSymbolicLink(target, outside);
    assertEquals(2, get(folder(named("evil", file("evil")))), terminal.err());
    nothingIsOutside();
    assertTrue(Files.isSymbolicLink(target));
  }

  @Test
  void what_stands_at_the_target_already_stays_as_it_is() throws IOException {
    Files.createSymbolicLink(target, outside.resolve("evil"));
    assertEquals(2, get(folder(named("a", file("a")))));
    assertFalse(Files.exists(outside.resolve("evil")));
  }
}
