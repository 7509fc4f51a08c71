package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ChildJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged survives kill -9, whenever it comes. */
class KilledWriterTest {
  private static final long ADDS_A_ROUND = 1_000_000;

  @TempDir private Path folder = Path.of("");

  /** What the writers said, over all rounds. */
  private final Set<Long> added = new HashSet<>();

  private final Set<Long> pinned = new HashSet<>();
  private final Set<Long> removed = new HashSet<>();

  @Test
  @Timeout(120)
  void what_was_acknowledged_survives_some_kills() throws Exception {
    killAndCheck(3, 120);
  }

  @Test
  @Tag("nightly")
  @Timeout(1800)
  void what_was_acknowledged_survives_many_kills() throws Exception {
    killAndCheck(25, 2000);
  }

  private void killAndCheck(int rounds, int mostLines) throws Exception {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      int lines = 1 + random.nextInt(mostLines);
      runUntilKilled(round * ADDS_A_ROUND, lines, random.nextInt(3_000_000));
      check("seed " + seed + ", round " + round);
    }
    assertTrue(added.size() > rounds, "seed " + seed);
  }

  /** Kills the writer some nanoseconds after so many lines, and takes in all that it said. */
  private void runUntilKilled(long first, int lines, int nanosAfter) throws Exception {
    Process writer =
        ChildJvm.start(
            List.of("-Xmx64m", "-XX:+UseSerialGC"),
            KilledWriterMain.class,
            List.of(folder.toString(), Long.toString(first)));
    try (InputStream said = writer.getInputStream()) {
      StringBuilder text = new StringBuilder();
      int seen = 0;
      while (seen < lines) {
        int next = said.read();
        assertTrue(next >= 0, "the writer ended by itself: " + text);
        text.append((char) next);
        seen += next == '\n' ? 1 : 0;
      }
      long until = System.nanoTime() + nanosAfter;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      writer.toHandle().destroyForcibly(); // Process itself would throw away what it said last.
      text.append(new String(said.readAllBytes(), StandardCharsets.US_ASCII));
      assertTrue(writer.waitFor(30, TimeUnit.SECONDS));
      // A line without its end was not acknowledged.
      text.substring(0, text.lastIndexOf("\n")).lines().forEach(this::take);
    }
  }

  private void take(String line) {
    String[] words = line.split(" ", -1);
    assertEquals(2, words.length, line);
    long add = Long.parseLong(words[1]);
    switch (words[0]) {
      case "added" -> added.add(add);
      case "pinned" -> pinned.add(add);
      case "removing" -> {
        // From now on it may be there or not.
        added.remove(add);
        pinned.remove(add);
      }
      case "removed" -> removed.add(add);
      default -> throw new AssertionError(line);
    }
  }

  private void check(String where) throws IOException {
    try (PackBlockstore store = KilledWriterMain.store(folder);
        PinSet pins = KilledWriterMain.pins(folder)) {
      for (long add : added) {
        for (int i = 0; i < KilledWriterMain.BLOCKS; i++) {
          Block block = KilledWriterMain.block(add, i);
          assertArrayEquals(block.bytes(), store.get(block.cid()), where + ", add " + add);
        }
      }
      for (long add : pinned) {
        Pin pin = pins.find(KilledWriterMain.root(add));
        assertNotNull(pin, where + ", add " + add);
        assertEquals("add " + add, pin.name());
      }
      for (long add : removed) {
        assertNull(pins.find(KilledWriterMain.root(add)), where + ", add " + add);
        for (int i = 0; i < KilledWriterMain.BLOCKS; i++) {
          assertNull(store.get(KilledWriterMain.block(add, i).cid()), where + ", add " + add);
        }
      }
    }
  }
}
