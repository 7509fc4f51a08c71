package dev.limpet.gateway.memo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a gateway knows after a restart of who keeps which answer. */
class KeeperFileTest {
  private static final int A = 1;
  private static final int B = 0xffffff;
  private static final int CALLS = 1000;

  @TempDir private Path dir;
  private final long[] prints = new Random(3).longs(CALLS).toArray();

  private Keepers reopened() {
    Keepers keepers = new Keepers();
    KeeperFile.open(dir, keepers).close();
    return keepers;
  }

  private Path file() {
    return dir.resolve("keepers");
  }

  private void save() {
    Keepers keepers = new Keepers();
    try (KeeperFile _ = KeeperFile.open(dir, keepers)) {
      for (int i = 0; i < CALLS; i++) {
        keepers.keeps(prints[i], i % 2 == 0 ? A : B, 1);
      }
    }
  }

  @Test
  void what_was_known_at_a_stop_is_known_again() {
    save();
    Keepers keepers = reopened();
    for (int i = 0; i < CALLS; i++) {
      assertEquals(i % 2 == 0 ? A : B, keepers.find(prints[i]), "call " + i);
    }
  }

  @Test
  void what_was_forgotten_stays_forgotten() {
    save();
    Keepers keepers = new Keepers();
    try (KeeperFile _ = KeeperFile.open(dir, keepers)) {
      keepers.forgetNode(A);
    }
    assertEquals(0, reopened().find(prints[0]));
    assertEquals(B, reopened().find(prints[1]));
  }

  @Test
  void nothing_is_written_when_nothing_is_known_and_nothing_anew_when_nothing_has_changed()
      throws IOException {
    Keepers keepers = new Keepers();
    KeeperFile kept = KeeperFile.open(dir, keepers);
    assertTrue(kept.save());
    assertFalse(Files.exists(file()));
    keepers.keeps(prints[0], A, 1);
    assertTrue(kept.save());
    Files.delete(file());
    assertTrue(kept.save());
    assertFalse(Files.exists(file()));
    keepers.forget(prints[0], A);
    assertTrue(kept.save());
    assertTrue(Files.exists(file()));
  }

  @Test
  void a_file_that_is_torn_or_altered_or_none_is_dropped_whole() throws IOException {
    save();
    byte[] good = Files.readAllBytes(file());
    byte[] altered = good.clone();
    altered[good.length / 2] ^= 1;
    for (byte[] bad :
        new byte[][] {
          altered,
          Arrays.copyOf(good, good.length - 12),
          Arrays.copyOf(good, 5),
          new byte[0],
          new byte[16],
          new byte[5 << 20]
        }) {
      Files.write(file(), bad);
      Keepers keepers = reopened();
      assertEquals(0, keepers.find(prints[0]), bad.length + " bytes");
    }
    Files.write(file(), good);
    assertEquals(A, reopened().find(prints[0]));
  }

  @Test
  void a_disk_that_fails_fails_nothing_else() throws IOException {
    Files.createDirectories(file().resolve("in the way"));
    Keepers keepers = new Keepers();
    KeeperFile kept = KeeperFile.open(dir, keepers);
    keepers.keeps(prints[0], A, 1);
    assertFalse(kept.save());
    assertFalse(kept.save(), "it tries again");
    assertEquals(A, keepers.find(prints[0]));
  }
}
