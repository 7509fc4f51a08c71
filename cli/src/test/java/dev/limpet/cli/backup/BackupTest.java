package dev.limpet.cli.backup;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.CliException;
import dev.limpet.cli.RecordingTerminal;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.config.FolderFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups as files: what is in them, and what is refused. */
class BackupTest {
  private static final Block BLOCK =
      Block.of(Multicodec.RAW, "kept".getBytes(StandardCharsets.US_ASCII));

  @TempDir private Path dir = Path.of("");
  private Path node = Path.of("");
  private Path file = Path.of("");

  private final RecordingTerminal terminal = new RecordingTerminal();

  @BeforeEach
  void makeNode() throws IOException {
    node = Files.createDirectory(dir.resolve("node"));
    file = dir.resolve("node.backup");
    fill(node);
  }

  private static void fill(Path folder) throws IOException {
    FolderFormat.claim(folder, FolderFormat.NODE);
    var _ = NodeIdentity.loadOrCreate(folder.resolve("identity.key"));
    try (PackBlockstore store = store(folder, "blocks");
        PackBlockstore fetched = store(folder, "fetched");
        PinSet pins = PinSet.open(folder.resolve("pins"))) {
      store.put(BLOCK);
      pins.pin(BLOCK.cid(), "");
      fetched.put(Block.of(Multicodec.RAW, new byte[100]));
    }
  }

  private static PackBlockstore store(Path folder, String name) {
    return PackBlockstore.open(folder.resolve(name), PackOptions.store(1 << 20));
  }

  private void run(int exit, String... arguments) {
    assertEquals(exit, terminal.run(arguments), () -> terminal.out() + terminal.err());
  }

  private void backup() {
    run(0, "backup", "--dir", node.toString(), "--to", file.toString());
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(each -> folder.relativize(each).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void a_node_that_is_stopped_comes_back_with_key_pins_and_kept_data_and_without_its_cache()
      throws IOException {
    backup();
    Path back = dir.resolve("below/back");
    run(0, "restore", "--from", file.toString(), "--dir", back.toString());
    List<String> names = names(back);
    assertTrue(names.containsAll(List.of("format", "identity.key", "pins")), names.toString());
    assertTrue(names.stream().noneMatch(name -> name.startsWith("fetched")), names.toString());
    assertEquals("limpet node 1\n", Files.readString(back.resolve("format")));
    assertEquals(-1, Files.mismatch(node.resolve("identity.key"), back.resolve("identity.key")));
    try (PackBlockstore store = store(back, "blocks");
        PinSet pins = PinSet.open(back.resolve("pins"))) {
      assertArrayEquals(BLOCK.bytes(), store.get(BLOCK.cid()));
      assertEquals(BLOCK.cid(), pins.list().getFirst().root());
    }
  }

  @Test
  void the_cache_comes_along_when_asked_for_and_json_says_what_was_made() throws IOException {
    run(0, "backup", "--with-cache", "--json", "--dir", node.toString(), "--to", file.toString());
    JsonObject made = JsonObject.parse(terminal.out());
    assertEquals("node", made.text("kind"));
    RecordingTerminal second = new RecordingTerminal();
    Path back = dir.resolve("back");
    assertEquals(
        0, second.run("restore", "--json", "--from", file.toString(), "--dir", back.toString()));
    assertEquals(made.number("bytes"), JsonObject.parse(second.out()).number("bytes"));
    assertTrue(names(back).contains("fetched/segment-0000000001.car"));
  }

  @Test
  void only_the_owner_may_read_what_has_a_key_in_it() throws IOException {
    backup();
    Path back = dir.resolve("back");
    run(0, "restore", "--from", file.toString(), "--dir", back.toString());
    assertEquals("rw-------", mode(file));
    assertEquals("rwx------", mode(back));
    assertEquals("rwx------", mode(back.resolve("blocks")));
    for (String name : names(back)) {
      assertEquals("rw-------", mode(back.resolve(name)), name);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void tar_lists_and_unpacks_a_backup() throws IOException, InterruptedException {
    backup();
    Path by = Files.createDirectory(dir.resolve("by-tar"));
    Process tar =
        new ProcessBuilder("tar", "-xf", file.toString(), "-C", by.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, tar.waitFor(), said);
    assertEquals(-1, Files.mismatch(node.resolve("pins"), by.resolve("pins")));
  }

  @Test
  void standard_output_gets_the_same_bytes_as_a_file() throws IOException {
    backup();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Backup backup = Backup.open(node, false, dir)) {
      backup.writeTo(out, _ -> {});
    }
    // Everything but the list at the end, which has the time.
    byte[] first = Files.readAllBytes(file);
    assertEquals(first.length, out.size());
    int list = new String(first, StandardCharsets.ISO_8859_1).indexOf("backup-");
    assertTrue(list > 0 && Arrays.equals(first, 0, list, out.toByteArray(), 0, list));
    run(0, "backup", "--dir", node.toString(), "--to", "-");
    assertTrue(terminal.out().startsWith("identity.key\0"));
  }

  @Test
  void a_folder_that_is_not_empty_and_a_file_that_exists_are_never_overwritten()
      throws IOException {
    backup();
    run(2, "backup", "--dir", node.toString(), "--to", file.toString());
    byte[] before = Files.readAllBytes(node.resolve("pins"));
    run(2, "restore", "--from", file.toString(), "--dir", node.toString());
    assertArrayEquals(before, Files.readAllBytes(node.resolve("pins")));
    Path plain = Files.writeString(dir.resolve("plain"), "a file");
    run(2, "restore", "--from", file.toString(), "--dir", plain.toString());
    Path empty = Files.createDirectory(dir.resolve("empty"));
    run(0, "restore", "--from", file.toString(), "--dir", empty.toString());
  }

  @Test
  void what_is_no_data_folder_is_wrong_usage() throws IOException {
    run(2, "backup", "--dir", dir.resolve("none").toString(), "--to", file.toString());
    Path other = Files.createDirectory(dir.resolve("other"));
    run(2, "backup", "--dir", other.toString(), "--to", file.toString());
    run(2, "restore", "--from", file.toString(), "--dir", dir.resolve("back").toString());
    run(2, "backup", "--dir", node.toString(), "--to", dir.resolve("no/such/file").toString());
    Files.delete(node.resolve("pins"));
    run(4, "backup", "--dir", node.toString(), "--to", file.toString());
    assertTrue(terminal.err().contains("there is no " + node.resolve("pins")), terminal.err());
    assertFalse(Files.exists(file));
  }

  @Test
  void a_folder_of_a_newer_build_is_not_copied_in_part() throws IOException {
    Files.writeString(node.resolve("format"), "limpet node 2\n");
    run(2, "backup", "--dir", node.toString(), "--to", file.toString());
    assertTrue(terminal.err().contains("newer build"), terminal.err());
    assertFalse(Files.exists(file));
  }

  @Test
  void every_changed_byte_and_every_cut_is_refused_before_anything_is_written() throws IOException {
    backup();
    byte[] good = Files.readAllBytes(file);
    Path bad = dir.resolve("bad.backup");
    for (int at = 0; at < good.length; at += 13) {
      byte[] changed = good.clone();
      changed[at] ^= 1;
      refused(Files.write(bad, changed), "byte " + at);
      if (at % 64 == 0) {
        refused(Files.write(bad, Arrays.copyOf(good, at)), "cut at " + at);
      }
    }
    refused(Files.write(bad, Arrays.copyOf(good, good.length - 1)), "without its last byte");
    refused(Files.write(bad, Arrays.copyOf(good, good.length + 1)), "with one more byte");
    try (Stream<Path> all = Files.list(dir)) {
      assertEquals(3, all.count(), "nothing was written beside node, backup and bad backup");
    }
  }

  private void refused(Path backup, String what) {
    CliException refused =
        assertThrows(
            CliException.class,
            () -> new Restore(backup, dir.resolve("back"), _ -> {}).run(),
            what);
    assertEquals("bad-backup", refused.code(), what);
  }

  @Test
  void a_backup_of_a_newer_build_is_refused_with_a_sentence() throws IOException {
    byte[] text = "{\"format\":2}".getBytes(StandardCharsets.UTF_8);
    try (OutputStream out = Files.newOutputStream(file)) {
      TarHeader header = new TarHeader(BackupList.nameOf(text), text.length);
      out.write(header.encode());
      out.write(text);
      out.write(new byte[header.padding() + 2 * TarHeader.BLOCK_BYTES]);
    }
    run(4, "restore", "--from", file.toString(), "--dir", dir.resolve("back").toString());
    assertTrue(terminal.err().contains("use a newer build"), terminal.err());
  }

  @Test
  void names_that_lead_out_of_the_folder_are_no_names() {
    for (String name :
        List.of(
            "../key",
            "/etc/passwd",
            "a/../../b",
            "a//b",
            "a/./b",
            ".hidden",
            "a/.hidden",
            "",
            "a/",
            "a\\..\\b",
            "a b",
            "a/b/c/d",
            "x".repeat(100),
            "ä")) {
      assertThrows(IllegalArgumentException.class, () -> new TarHeader(name, 0), name);
    }
  }

  @Test
  void a_file_of_a_backup_that_was_killed_is_replaced_and_one_that_is_being_written_is_not()
      throws IOException {
    Path part = Files.writeString(dir.resolve("node.backup.part"), "half");
    try (FileChannel other = FileChannel.open(part, StandardOpenOption.WRITE);
        var _ = other.lock()) {
      CliException busy = assertThrows(CliException.class, () -> PartFile.begin(file).close());
      assertEquals("not-written", busy.code());
    }
    backup();
    assertFalse(Files.exists(part));
  }

  @Test
  void the_folder_of_up_is_copied_whole_with_its_configuration() throws IOException {
    Path up = Files.createDirectory(dir.resolve("up"));
    for (String name : List.of("node-1", "node-2")) {
      fill(Files.createDirectory(up.resolve(name)));
    }
    Files.writeString(up.resolve("node.conf"), "quota = 1GiB\n");
    Files.write(up.resolve("film.mkv"), new byte[Backup.MAX_LOOSE_BYTES + 1]);
    Files.createDirectory(up.resolve("notes"));
    run(0, "backup", "--dir", up.toString(), "--to", file.toString());
    assertTrue(terminal.err().contains("left out: film.mkv"), terminal.err());
    assertTrue(terminal.err().contains("left out: notes"), terminal.err());
    Path back = dir.resolve("back");
    run(0, "restore", "--from", file.toString(), "--dir", back.toString());
    assertEquals("quota = 1GiB\n", Files.readString(back.resolve("node.conf")));
    for (String name : List.of("node-1", "node-2")) {
      assertEquals(
          -1,
          Files.mismatch(up.resolve(name + "/identity.key"), back.resolve(name + "/identity.key")));
      assertEquals("limpet node 1\n", Files.readString(back.resolve(name + "/format")));
    }
  }
}
