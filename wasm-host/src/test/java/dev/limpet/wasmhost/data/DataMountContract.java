package dev.limpet.wasmhost.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every {@link DataMount} must do; a subclass says how to make one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DataMountContract {

  /** A mount whose root is a directory with these files, by path. */
  protected abstract DataMount mountOf(Map<String, byte[]> files);

  /** A mount whose root is this file. */
  protected abstract DataMount mountOfFile(byte[] content);

  /** Enough entries to make a listing of several pages; a sharded directory may want more. */
  protected int manyEntries() {
    return 1000;
  }

  @Test
  void a_file_as_root_is_read_at_any_position() {
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    DataFile file = assertInstanceOf(DataFile.class, mountOfFile(content).root());
    assertEquals(content.length, file.size());
    byte[] target = new byte[content.length + 2];
    file.readFully(0, target, 1, content.length);
    assertEquals(0, target[0]);
    assertEquals(0, target[content.length + 1]);
    assertArrayEquals(content, Arrays.copyOfRange(target, 1, content.length + 1));
    byte[] part = new byte[10];
    file.readFully(262_140, part, 0, 10);
    assertArrayEquals(Arrays.copyOfRange(content, 262_140, 262_150), part);
    file.readFully(content.length, part, 3, 0);
  }

  @Test
  void an_empty_file_is_empty() {
    DataFile file = assertInstanceOf(DataFile.class, mountOfFile(new byte[0]).root());
    assertEquals(0, file.size());
    file.readFully(0, new byte[0], 0, 0);
  }

  @Test
  void names_lead_through_directories_to_files() {
    DataDirectory root = directory(mountOf(Map.of("a/b/c.txt", bytes("deep"), "top", bytes("t"))));
    DataDirectory a = assertInstanceOf(DataDirectory.class, root.lookup("a"));
    DataDirectory b = assertInstanceOf(DataDirectory.class, a.lookup("b"));
    DataFile file = assertInstanceOf(DataFile.class, b.lookup("c.txt"));
    assertEquals("deep", text(file));
    assertNull(root.lookup("absent"));
    assertNull(root.lookup("a/b"));
    assertNull(root.lookup(".."));
    assertNull(root.lookup(""));
  }

  @Test
  void a_listing_is_sorted_by_bytes_and_goes_on_after_any_name() {
    Map<String, byte[]> files = new TreeMap<>();
    List<String> names =
        List.of("B", "a", "a.b", "a/x", "b", "\u00e9", "\u20ac", "\uD83D\uDE00", "\uFFFD");
    names.forEach(name -> files.put(name.equals("a/x") ? "dir/x" : name, bytes(name)));
    DataDirectory root = directory(mountOf(files));
    List<String> expected =
        List.of("B", "a", "a.b", "b", "dir", "\u00e9", "\u20ac", "\uFFFD", "\uD83D\uDE00");
    assertEquals(expected, names(root, 100));
    assertEquals(expected, names(root, 1));
    assertEquals(
        List.of("b"), root.list("a.b", 1).entries().stream().map(DataEntry::name).toList());
    assertEquals(
        List.of("b"), root.list("a.bb", 1).entries().stream().map(DataEntry::name).toList());
  }

  @Test
  void an_entry_says_what_the_node_says() {
    DataDirectory root = directory(mountOf(Map.of("dir/x", bytes("x"), "file", bytes("y"))));
    for (DataEntry entry : root.list(null, 10).entries()) {
      DataNode node = find(root, entry);
      assertEquals(node.inode(), entry.inode());
      assertEquals(
          entry.kind(), node instanceof DataFile ? DataEntry.Kind.FILE : DataEntry.Kind.DIRECTORY);
    }
  }

  @Test
  void many_entries_come_page_by_page() {
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < manyEntries(); i++) {
      files.put("entry-%05d".formatted(i), bytes("" + i));
    }
    DataDirectory root = directory(mountOf(files));
    assertEquals(new ArrayList<>(files.keySet()), names(root, 64));
    DataFile file = assertInstanceOf(DataFile.class, root.lookup("entry-00777"));
    assertEquals("777", text(file));
  }

  private static DataNode find(DataDirectory root, DataEntry entry) {
    return Objects.requireNonNull(root.lookup(entry.name()), entry.name());
  }

  private static List<String> names(DataDirectory directory, int pageSize) {
    List<String> names = new ArrayList<>();
    String after = null;
    while (true) {
      DataPage page = directory.list(after, pageSize);
      page.entries().forEach(entry -> names.add(entry.name()));
      if (page.last()) {
        return names;
      }
      after = names.get(names.size() - 1);
    }
  }

  private static DataDirectory directory(DataMount mount) {
    return assertInstanceOf(DataDirectory.class, mount.root());
  }

  private static String text(DataFile file) {
    byte[] content = new byte[Math.toIntExact(file.size())];
    file.readFully(0, content, 0, content.length);
    return new String(content, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
