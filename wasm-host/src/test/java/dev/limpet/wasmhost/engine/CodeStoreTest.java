package dev.limpet.wasmhost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CodeStoreTest {

  private static final byte[] CONTENT = {1, 2, 3, 4, 5};

  @TempDir private Path parent;
  private Path directory = Path.of("unused");

  CodeStoreTest() {}

  @BeforeEach
  void choose() {
    directory = parent.resolve("compiled");
  }

  private static SecretKey macKey(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return new SecretKeySpec(bytes, "HmacSHA256");
  }

  private static byte[] key(int value) {
    byte[] key = new byte[32];
    key[0] = (byte) value;
    return key;
  }

  private CodeStore open() throws IOException {
    return CodeStore.open(directory, macKey(1), 1 << 20);
  }

  private Path onlyFile() throws IOException {
    return files().get(0);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void what_is_kept_is_found_again_after_a_restart() throws IOException {
    open().store(key(1), CONTENT);
    assertArrayEquals(CONTENT, open().load(key(1)));
    assertNull(open().load(key(2)));
    open().delete(key(1));
    assertNull(open().load(key(1)));
  }

  @Test
  void the_folder_and_its_entries_are_the_owners_alone() throws IOException {
    Files.createDirectory(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    open().store(key(1), CONTENT);
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(onlyFile())));
  }

  @Test
  void any_changed_byte_is_noticed_and_the_entry_deleted() throws IOException {
    open().store(key(1), CONTENT);
    byte[] genuine = Files.readAllBytes(onlyFile());
    Path file = onlyFile();
    for (int i = 0; i < genuine.length; i++) {
      byte[] changed = genuine.clone();
      changed[i] ^= 0x10;
      Files.write(file, changed);
      assertNull(open().load(key(1)), "byte " + i);
      assertEquals(List.of(), files(), "byte " + i);
    }
    Files.write(file, genuine);
    assertNotNull(open().load(key(1)));
  }

  @Test
  void an_entry_of_any_other_length_is_deleted() throws IOException {
    open().store(key(1), CONTENT);
    Path file = onlyFile();
    byte[] genuine = Files.readAllBytes(file);
    for (int length = 0; length < genuine.length + 40; length++) {
      if (length != genuine.length) {
        Files.write(file, Arrays.copyOf(genuine, length));
        assertNull(open().load(key(1)), "length " + length);
        assertEquals(List.of(), files(), "length " + length);
      }
    }
  }

  @Test
  void an_entry_of_another_node_or_another_module_is_not_ours() throws IOException {
    CodeStore.open(directory, macKey(2), 1 << 20).store(key(1), CONTENT);
    assertNull(open().load(key(1)));
    open().store(key(1), CONTENT);
    byte[] entry = Files.readAllBytes(onlyFile());
    open().store(key(2), new byte[] {9});
    for (Path file : files()) {
      Files.write(file, entry);
    }
    assertNull(open().load(key(2)));
    assertNotNull(open().load(key(1)));
  }

  @Test
  void a_link_is_not_followed() throws IOException {
    CodeStore store = open();
    store.store(key(1), CONTENT);
    Path elsewhere = parent.resolve("elsewhere");
    Files.move(onlyFile(), elsewhere);
    Files.createSymbolicLink(directory.resolve("01" + "00".repeat(31) + ".code"), elsewhere);
    assertNull(store.load(key(1)));
  }

  @Test
  void what_was_not_used_for_longest_makes_room() throws IOException {
    byte[] big = new byte[1000];
    new Random(3).nextBytes(big);
    CodeStore store = CodeStore.open(directory, macKey(1), 3500);
    for (int i = 1; i <= 3; i++) {
      store.store(key(i), big);
      String name = "%02x".formatted(i) + "00".repeat(31) + ".code";
      Files.setLastModifiedTime(
          directory.resolve(name), FileTime.fromMillis(1_000_000_000_000L + i));
    }
    assertArrayEquals(big, store.load(key(1)));
    store.store(key(4), big);
    assertNull(store.load(key(2)));
    assertArrayEquals(big, store.load(key(1)));
    assertArrayEquals(big, store.load(key(4)));
    store.store(key(5), new byte[4000]);
    assertNull(store.load(key(5)));
    CodeStore smaller = CodeStore.open(directory, macKey(1), 1500);
    assertNull(smaller.load(key(2)));
    assertArrayEquals(big, smaller.load(key(4)));
  }

  @Test
  void half_written_entries_are_swept_at_the_start() throws IOException {
    open();
    Files.write(directory.resolve("new123.tmp"), CONTENT);
    open();
    assertEquals(List.of(), files());
  }

  @Test
  void a_folder_that_is_gone_is_no_failure() throws IOException {
    CodeStore store = open();
    Files.delete(directory);
    assertNull(store.load(key(1)));
    store.store(key(1), CONTENT);
    assertNull(store.load(key(1)));
  }
}
