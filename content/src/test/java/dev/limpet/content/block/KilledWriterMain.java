package dev.limpet.content.block;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Adds, pins and removes without end, and prints a line for each thing that it would acknowledge to
 * a client; made to be killed.
 */
final class KilledWriterMain {
  /** Blocks of one add. */
  static final int BLOCKS = 3;

  private static final int THREADS = 3;
  private static final int MAX_BLOCK_BYTES = 6000;
  private static final int SEGMENT_BYTES = 64 << 10;

  private KilledWriterMain() {}

  static PackBlockstore store(Path folder) {
    return PackBlockstore.open(
        folder.resolve("blocks"), new PackOptions(1L << 30, SEGMENT_BYTES, false));
  }

  static PinSet pins(Path folder) {
    return PinSet.open(folder.resolve("pins"));
  }

  /** The blocks of an add, always the same for the same number. */
  static Block block(long add, int index) {
    Random random = new Random(add * BLOCKS + index);
    byte[] bytes = new byte[8 + random.nextInt(MAX_BLOCK_BYTES)];
    random.nextBytes(bytes);
    return Block.of(Multicodec.RAW, bytes);
  }

  static Cid root(long add) {
    return block(add, 0).cid();
  }

  /** Arguments: folder, number of the first add. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    long first = Long.parseLong(arguments[1]);
    PackBlockstore store = store(folder);
    PinSet pins = pins(folder);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    for (int thread = 0; thread < THREADS; thread++) {
      long start = first + thread;
      threads.execute(() -> write(store, pins, start));
    }
  }

  private static void write(PackBlockstore store, PinSet pins, long start) {
    long lastRemoved = start;
    for (long add = start; ; add += THREADS) {
      for (int i = 0; i < BLOCKS; i++) {
        store.put(block(add, i));
      }
      store.sync();
      say("added", add);
      pins.pin(root(add), "add " + add);
      say("pinned", add);
      if (add - lastRemoved >= 4L * THREADS) {
        lastRemoved = add;
        remove(store, pins, add - 2L * THREADS);
      }
    }
  }

  private static void remove(PackBlockstore store, PinSet pins, long add) {
    say("removing", add);
    pins.unpin(root(add));
    for (int i = 0; i < BLOCKS; i++) {
      store.delete(block(add, i).cid());
    }
    store.sync();
    say("removed", add);
  }

  private static void say(String what, long add) {
    System.out.println(what + " " + add);
  }
}
