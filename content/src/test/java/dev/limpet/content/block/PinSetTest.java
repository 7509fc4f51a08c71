package dev.limpet.content.block;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinSetTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");

  @TempDir private Path directory = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void name() {
    file = directory.resolve("pins");
  }

  private static Cid root(int i) {
    return Block.of(Multicodec.RAW, ("root " + i).getBytes(StandardCharsets.UTF_8)).cid();
  }

  private PinSet open() {
    return PinSet.open(file, new DiskFiles(), Clock.fixed(NOW, ZoneOffset.UTC));
  }

  @Test
  void pins_are_there_after_opening_again_with_name_and_time() {
    try (PinSet pins = open()) {
      assertEquals(List.of(), pins.list());
      pins.pin(root(1), "zwölf Monate\n100 %+");
      pins.pin(root(2), "");
      pins.pin(root(3), "gone");
      assertTrue(pins.unpin(root(3)));
      assertFalse(pins.unpin(root(3)));
    }
    try (PinSet pins = open()) {
      assertEquals(new Pin(root(1), "zwölf Monate\n100 %+", NOW), pins.find(root(1)));
      assertEquals(new Pin(root(2), "", NOW), pins.find(root(2)));
      assertNull(pins.find(root(3)));
      assertEquals(2, pins.list().size());
    }
  }

  @Test
  void kinds_and_sizes_are_kept_and_a_recursive_pin_does_not_become_a_direct_one() {
    Pin direct = new Pin(root(1), "one block", NOW, PinKind.DIRECT, -1, 77);
    Pin whole = new Pin(root(2), "all", NOW, PinKind.RECURSIVE, 5, 6);
    try (PinSet pins = open()) {
      pins.pin(direct);
      pins.pin(whole);
      Pin again = pins.pin(new Pin(root(2), "renamed", NOW, PinKind.DIRECT, -1, 1));
      assertEquals(new Pin(root(2), "renamed", NOW, PinKind.RECURSIVE, 5, 6), again);
    }
    try (PinSet pins = open()) {
      assertEquals(direct, pins.find(root(1)));
      assertEquals(PinKind.RECURSIVE, requireNonNull(pins.find(root(2))).kind());
      pins.pin(new Pin(root(1), "", NOW, PinKind.RECURSIVE, 8, 9));
      assertEquals(PinKind.RECURSIVE, requireNonNull(pins.find(root(1))).kind());
    }
  }

  @Test
  void a_file_of_the_older_form_opens_and_is_written_anew() throws IOException {
    String change = "+ " + root(1) + " " + NOW + " a+name";
    Files.writeString(file, checked("limpet-pins 1") + checked(change));
    try (PinSet pins = open()) {
      assertEquals(List.of(new Pin(root(1), "a name", NOW)), pins.list());
    }
    String written = Files.readString(file);
    assertTrue(written.startsWith(checked("limpet-pins 2")), written);
    assertTrue(written.contains(change + " recursive -1 -1"), written);
  }

  private static String checked(String line) {
    CRC32C crc = new CRC32C();
    crc.update(line.getBytes(StandardCharsets.US_ASCII));
    return "%08x %s\n".formatted(crc.getValue(), line);
  }

  @Test
  void pins_that_are_flushed_by_hand_survive_a_close() {
    try (PinSet pins = PinSet.openUnflushed(file)) {
      pins.pin(root(1), "one");
      pins.sync();
      pins.pin(root(2), "two");
      assertTrue(pins.unpin(root(1)));
    }
    try (PinSet pins = open()) {
      assertEquals(1, pins.list().size());
      assertEquals("two", pins.list().getFirst().name());
    }
  }

  @Test
  void pinning_again_changes_the_name_and_keeps_the_time() {
    open().close();
    Instant later = NOW.plusSeconds(60);
    try (PinSet pins = open()) {
      pins.pin(root(1), "old");
    }
    try (PinSet pins = PinSet.open(file, new DiskFiles(), Clock.fixed(later, ZoneOffset.UTC))) {
      assertEquals(new Pin(root(1), "new", NOW), pins.pin(root(1), "new"));
    }
    try (PinSet pins = open()) {
      assertEquals(List.of(new Pin(root(1), "new", NOW)), pins.list());
    }
  }

  @Test
  @Tag("long")
  void a_change_that_a_kill_cut_anywhere_is_dropped_and_the_ones_before_are_kept()
      throws IOException {
    long before;
    try (PinSet pins = open()) {
      pins.pin(root(1), "one");
      before = Files.size(file);
      pins.pin(root(2), "two");
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) before; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (PinSet pins = open()) {
        assertNotNull(pins.find(root(1)), "cut at " + length);
        assertNull(pins.find(root(2)), "cut at " + length);
        pins.pin(root(3), "after the kill");
      }
      try (PinSet pins = open()) {
        assertEquals(2, pins.list().size(), "cut at " + length);
      }
    }
  }

  @Test
  void any_flipped_bit_stops_the_opening_or_is_in_a_cut_tail() throws IOException {
    try (PinSet pins = open()) {
      pins.pin(root(1), "one");
      pins.pin(root(2), "two");
    }
    byte[] whole = Files.readAllBytes(file);
    int lastLineEnd = whole.length - 1;
    for (int at = 0; at < lastLineEnd; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(file, damaged);
      StoreFailedException refusal = assertThrows(StoreFailedException.class, this::open);
      assertTrue(refusal.getMessage().contains(file.toString()), refusal.getMessage());
      assertTrue(refusal.getMessage().contains("restore it"), refusal.getMessage());
    }
  }

  @Test
  void an_empty_file_is_damage_and_not_a_store_without_pins() throws IOException {
    Files.createFile(file);
    assertThrows(StoreFailedException.class, this::open);
    Files.writeString(file, "x".repeat(PinJournal.MAX_LINE_BYTES + 1));
    assertThrows(StoreFailedException.class, this::open);
  }

  @Test
  void the_journal_does_not_grow_for_ever() throws IOException {
    try (PinSet pins = PinSet.open(file, new FlushingFiles(() -> {}), Clock.systemUTC())) {
      pins.pin(root(0), "stays");
      for (int i = 1; i <= 3000; i++) {
        pins.pin(root(i), "goes");
        pins.unpin(root(i));
      }
      assertTrue(Files.readAllLines(file).size() < 1100);
    }
    try (PinSet pins = open()) {
      assertEquals(1, pins.list().size());
    }
  }

  @Test
  void a_name_that_is_too_long_is_refused_and_nothing_is_pinned() {
    try (PinSet pins = open()) {
      assertThrows(
          ContentLimitException.class, () -> pins.pin(root(1), "n".repeat(Pin.MAX_NAME_BYTES + 1)));
      assertNull(pins.find(root(1)));
      pins.pin(root(1), "%".repeat(Pin.MAX_NAME_BYTES));
    }
    try (PinSet pins = open()) {
      assertNotNull(pins.find(root(1)));
    }
  }

  @Test
  void a_flush_that_fails_is_an_error_and_nothing_more_is_taken_until_the_next_start() {
    AtomicBoolean failing = new AtomicBoolean();
    FlushingFiles files =
        new FlushingFiles(
            () -> {
              if (failing.get()) {
                throw new IOException("Input/output error");
              }
            });
    try (PinSet pins = PinSet.open(file, files, Clock.systemUTC())) {
      pins.pin(root(1), "one");
      failing.set(true);
      assertThrows(StoreFailedException.class, () -> pins.pin(root(2), "two"));
      assertNull(pins.find(root(2)));
      failing.set(false);
      assertThrows(StoreFailedException.class, () -> pins.pin(root(3), "three"));
      assertThrows(StoreFailedException.class, () -> pins.unpin(root(1)));
    }
    try (PinSet pins = open()) {
      assertNotNull(pins.find(root(1)));
      assertNull(pins.find(root(3)));
    }
  }

  @Test
  void a_second_opening_and_a_closed_set_are_refused() {
    PinSet pins = open();
    assertThrows(StoreFailedException.class, this::open);
    pins.close();
    pins.close();
    assertThrows(StoreFailedException.class, () -> pins.pin(root(1), ""));
    open().close();
  }
}
