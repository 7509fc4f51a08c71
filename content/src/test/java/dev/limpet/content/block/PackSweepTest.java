package dev.limpet.content.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Collecting garbage while the store goes on. */
class PackSweepTest {
  private static final long QUOTA = 1 << 20;
  private static final int BLOCKS = 800;

  @TempDir Path directory;
  private final List<Block> blocks = new ArrayList<>();

  private PackBlockstore filled() {
    PackBlockstore store = PackBlockstore.open(directory, new PackOptions(QUOTA, 32 << 10, false));
    Random random = new Random(1);
    for (int i = 0; i < BLOCKS; i++) {
      Block block = PackBlockstoreTest.random(random, 1000);
      store.put(block);
      blocks.add(block);
    }
    return store;
  }

  private static int deleteUnmarked(PackBlockstore store, PackSweep sweep) {
    int[] gone = {0};
    sweep.visitUnmarked(
        cid -> {
          store.delete(cid);
          gone[0]++;
        });
    return gone[0];
  }

  @Test
  void what_is_marked_or_came_later_stays_and_the_rest_goes() {
    try (PackBlockstore store = filled()) {
      PackSweep sweep = store.beginSweep();
      Block later = PackBlockstoreTest.random(new Random(2), 500);
      store.put(later);
      for (int i = 0; i < BLOCKS; i += 3) {
        assertTrue(sweep.mark(blocks.get(i).cid()));
      }
      assertFalse(sweep.mark(PackBlockstoreTest.random(new Random(9), 5).cid()));
      assertTrue(sweep.isMarked(later.cid()));
      assertTrue(sweep.isMarked(blocks.get(3).cid()));
      assertFalse(sweep.isMarked(blocks.get(4).cid()));
      assertEquals(BLOCKS - (BLOCKS + 2) / 3, deleteUnmarked(store, sweep));
      for (int i = 0; i < BLOCKS; i++) {
        assertEquals(i % 3 == 0, store.has(blocks.get(i).cid()));
      }
      assertArrayEquals(later.bytes(), store.get(later.cid()));
    }
  }

  @Test
  void marks_hold_when_the_segment_is_sealed_meanwhile() {
    try (PackBlockstore store = filled()) {
      Random random = new Random(4);
      Block last = PackBlockstoreTest.random(random, 700);
      store.put(last);
      PackSweep sweep = store.beginSweep();
      sweep.mark(last.cid());
      for (int i = 0; i < 60; i++) {
        store.put(PackBlockstoreTest.random(random, 1000));
      }
      deleteUnmarked(store, sweep);
      assertArrayEquals(last.bytes(), store.get(last.cid()));
      assertEquals(61, store.blocks());
    }
  }

  @Test
  void space_comes_back_in_steps_within_the_quota_while_all_that_lives_is_read() throws Exception {
    try (PackBlockstore store = filled();
        ExecutorService reader = Executors.newSingleThreadExecutor()) {
      List<Block> living = new ArrayList<>();
      PackSweep sweep = store.beginSweep();
      for (int i = 0; i < BLOCKS; i += 3) {
        living.add(blocks.get(i));
        sweep.mark(blocks.get(i).cid());
      }
      AtomicBoolean done = new AtomicBoolean();
      Future<Integer> read = reader.submit(() -> readAll(store, living, done));
      deleteUnmarked(store, sweep);
      int steps = 0;
      while (store.compact(5000)) {
        assertTrue(store.storedBytes() <= QUOTA);
        steps++;
      }
      done.set(true);
      assertTrue(read.get() > 0);
      assertTrue(steps > 20, steps + " steps");
      assertTrue(store.storedBytes() < 400_000, store.storedBytes() + " bytes");
    }
  }

  private static int readAll(PackBlockstore store, List<Block> living, AtomicBoolean done) {
    int rounds = 0;
    while (!done.get() || rounds == 0) {
      for (Block block : living) {
        assertNotNull(store.get(block.cid()));
      }
      rounds++;
    }
    return rounds;
  }

  @Test
  void blocks_of_every_hash_are_told_apart_by_their_marks() {
    List<Block> others = HashedBlocks.of(new byte[0]);
    PackOptions options = new PackOptions(QUOTA, 32 << 10, false);
    for (boolean sealed : new boolean[] {false, true}) {
      try (PackBlockstore store = PackBlockstore.open(directory, options)) {
        others.forEach(store::put);
        if (sealed) {
          putUntilSealed(store);
        }
        PackSweep sweep = store.beginSweep();
        for (int i = 0; i < others.size(); i += 2) {
          assertTrue(sweep.mark(others.get(i).cid()));
          assertTrue(sweep.isMarked(others.get(i).cid()));
        }
        int _ = deleteUnmarked(store, sweep);
        for (int i = 0; i < others.size(); i++) {
          assertEquals(i % 2 == 0, store.has(others.get(i).cid()), others.get(i).toString());
        }
      }
    }
  }

  private static void putUntilSealed(PackBlockstore store) {
    Random random = new Random(3);
    for (int i = 0; i < 40; i++) {
      store.put(PackBlockstoreTest.random(random, 1000));
    }
  }
}
