package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ChildJvm;
import dev.limpet.content.cid.Multicodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class PackSnapshotTest {
  private static final int SNAPSHOTS = 4;
  private static final int PINNED_BEFORE_EACH = 60;

  @TempDir private Path dir = Path.of("");

  private PackBlockstore open(Path folder) {
    return PackBlockstore.open(folder, new PackOptions(1 << 20, 4 << 10, false));
  }

  private static Block block(int number) {
    return Block.of(
        Multicodec.RAW, ("block " + number + "-".repeat(600)).getBytes(StandardCharsets.US_ASCII));
  }

  private static void copy(List<FrozenFile> files, Path to) throws IOException {
    for (FrozenFile file : files) {
      Path target = to.resolve(file.name());
      Files.createDirectories(target.resolveSibling(""));
      try (OutputStream out = Files.newOutputStream(target)) {
        file.copyTo(out);
      }
      assertEquals(file.size(), Files.size(target));
    }
  }

  @Test
  void a_copy_of_an_open_store_has_what_was_put_and_not_what_was_deleted() throws IOException {
    try (PackBlockstore store = open(dir.resolve("live"))) {
      for (int i = 0; i < 40; i++) {
        store.put(block(i));
      }
      store.delete(block(3).cid());
      try (PackSnapshot snapshot = PackSnapshot.take(dir.resolve("live"), "", () -> {})) {
        store.put(block(40));
        for (int i = 0; i < 40; i++) {
          store.delete(block(i).cid()); // drops the segments, which the snapshot still holds
        }
        copy(snapshot.files(), dir.resolve("copy"));
      }
    }
    try (PackBlockstore copy = open(dir.resolve("copy"))) {
      assertNull(copy.get(block(3).cid()));
      assertNull(copy.get(block(40).cid()));
      for (int i = 4; i < 40; i++) {
        assertArrayEquals(block(i).bytes(), copy.get(block(i).cid()));
      }
    }
  }

  @Test
  void a_block_that_was_put_before_its_pointer_was_read_is_there() throws IOException {
    try (PackBlockstore store = open(dir.resolve("live"))) {
      store.put(block(0));
      PackSnapshot.Pointers pointers =
          () -> {
            for (int i = 1; i < 30; i++) {
              store.put(block(i)); // begins segments that were not there
            }
          };
      try (PackSnapshot snapshot = PackSnapshot.take(dir.resolve("live"), "", pointers)) {
        copy(snapshot.files(), dir.resolve("copy"));
      }
    }
    try (PackBlockstore copy = open(dir.resolve("copy"))) {
      for (int i = 0; i < 30; i++) {
        assertTrue(copy.has(block(i).cid()), "block " + i);
      }
    }
  }

  @Test
  void a_try_in_which_something_was_deleted_is_made_again() throws IOException {
    try (PackBlockstore store = open(dir.resolve("live"))) {
      for (int i = 0; i < 30; i++) {
        store.put(block(i));
      }
      int[] tries = {0};
      PackSnapshot.Pointers pointers =
          () -> {
            if (tries[0]++ < 2) {
              store.delete(block(tries[0]).cid());
            }
          };
      try (PackSnapshot snapshot = PackSnapshot.take(dir.resolve("live"), "", pointers)) {
        copy(snapshot.files(), dir.resolve("copy"));
      }
      assertEquals(3, tries[0]);
    }
    try (PackBlockstore copy = open(dir.resolve("copy"))) {
      assertEquals(28, copy.blocks());
    }
  }

  @Test
  void a_store_whose_segments_never_stop_changing_is_refused_with_what_to_do() throws IOException {
    try (PackBlockstore store = open(dir.resolve("live"))) {
      store.put(block(0));
      int[] next = {1};
      PackSnapshot.Pointers pointers =
          () -> {
            // A whole segment comes and goes between two looks.
            int first = next[0];
            for (; next[0] < first + 20; next[0]++) {
              store.put(block(next[0]));
            }
            for (int i = first; i < next[0]; i++) {
              store.delete(block(i).cid());
            }
          };
      IOException refused =
          assertThrows(
              IOException.class,
              () -> PackSnapshot.take(dir.resolve("live"), "", pointers).close());
      assertTrue(String.valueOf(refused.getMessage()).contains("try again"));
    }
  }

  @Test
  void a_folder_that_is_not_there_is_an_empty_store() throws IOException {
    try (PackSnapshot snapshot = PackSnapshot.take(dir.resolve("none"), "", () -> {})) {
      assertEquals(List.of(), snapshot.files());
    }
  }

  @Test
  void a_file_that_was_cut_meanwhile_is_an_error_and_not_a_short_copy() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "0123456789");
    try (FrozenFile frozen = FrozenFile.open(file, "file")) {
      Files.writeString(file, "01234");
      assertThrows(IOException.class, () -> frozen.copyTo(OutputStream.nullOutputStream()));
    }
  }

  /** The writer of the kill test, which adds, pins and removes as fast as it can. */
  @Test
  @Tag("long")
  @Timeout(120)
  void copies_taken_while_another_process_writes_have_every_pinned_block() throws Exception {
    Process writer =
        ChildJvm.start(
            List.of("-Xmx64m", "-XX:+UseSerialGC"),
            KilledWriterMain.class,
            List.of(dir.resolve("live").toString(), "0"));
    Set<Long> kept = new HashSet<>();
    try (BufferedReader said = writer.inputReader(StandardCharsets.US_ASCII)) {
      for (int i = 0; i < SNAPSHOTS; i++) {
        readUntilPinned(said, kept);
        Path copy = dir.resolve("copy-" + i);
        copyLive(copy);
        checkWhole(copy);
      }
    } finally {
      writer.destroyForcibly().waitFor();
    }
  }

  private static void readUntilPinned(BufferedReader said, Set<Long> pinned) throws IOException {
    int before = pinned.size();
    while (pinned.size() < before + PINNED_BEFORE_EACH) {
      String line = said.readLine();
      assertNotNull(line, "the writer ended by itself");
      if (line.startsWith("pinned ")) {
        pinned.add(Long.parseLong(line.substring("pinned ".length())));
      }
    }
  }

  private void copyLive(Path to) throws IOException {
    List<FrozenFile> pins = new ArrayList<>();
    Path live = dir.resolve("live");
    PackSnapshot.Pointers pointers =
        () -> {
          pins.forEach(PackSnapshotTest::close);
          pins.clear();
          pins.add(FrozenFile.open(live.resolve("pins"), "pins"));
        };
    try (PackSnapshot snapshot = PackSnapshot.take(live.resolve("blocks"), "blocks/", pointers)) {
      copy(snapshot.files(), to);
      copy(pins, to);
    } finally {
      pins.forEach(PackSnapshotTest::close);
    }
  }

  private static void close(FrozenFile file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void checkWhole(Path copy) {
    try (PackBlockstore store = KilledWriterMain.store(copy);
        PinSet pins = KilledWriterMain.pins(copy)) {
      assertTrue(pins.list().size() > PINNED_BEFORE_EACH / 10, "few pins: " + pins.list().size());
      for (Pin pin : pins.list()) {
        long add = Long.parseLong(pin.name().substring("add ".length()));
        for (int i = 0; i < KilledWriterMain.BLOCKS; i++) {
          Block block = KilledWriterMain.block(add, i);
          assertArrayEquals(block.bytes(), store.get(block.cid()), copy + ", add " + add);
        }
      }
    }
  }
}
