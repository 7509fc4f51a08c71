package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.QuotaExceededException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;
import java.util.stream.Stream;

/**
 * Adds, pins, unpins, collects and reads without end in a node's store, and prints a line before
 * and after each thing that it would acknowledge to a client; made to be killed. With an
 * acknowledgement goes how long the files were then, so that whoever tears them knows what was
 * promised.
 */
final class CrashedStoreMain {
  static final long QUOTA = 4 << 20;
  private static final int THREADS = 3;
  private static final int KEPT_BY_A_THREAD = 12;
  private static final PrintStream OUT = System.out;

  private final NodeStore store;
  private final Path folder;

  private CrashedStoreMain(NodeStore store, Path folder) {
    this.store = store;
    this.folder = folder;
  }

  static NodeStore open(Path folder) {
    return NodeStore.open(folder, new NodeStore.Quotas(QUOTA, 1 << 20, 1 << 20, 0));
  }

  /** Arguments: folder, seed, number of the first DAG, numbers of DAGs that are pinned. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    long first = Long.parseLong(arguments[2]);
    List<Long> pinned = Arrays.stream(arguments).skip(3).map(Long::valueOf).toList();
    CrashedStoreMain main = new CrashedStoreMain(open(folder), folder);
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      Deque<Long> mine = new ArrayDeque<>();
      pinned.stream().filter(number -> number % THREADS == thread).forEach(mine::add);
      Thread worker = new Thread(() -> main.work(new Random(seed + thread), first + thread, mine));
      worker.setUncaughtExceptionHandler(
          (_, e) -> {
            say("failed " + e.toString().replace('\n', ' '));
            Runtime.getRuntime().halt(70);
          });
      worker.start();
    }
  }

  private void work(Random random, long start, Deque<Long> mine) {
    long number = start;
    while (true) {
      boolean full = mine.size() > random.nextInt(KEPT_BY_A_THREAD + 1);
      if (random.nextInt(20) == 0) {
        Collector.Collected collected = store.collect();
        say("collected " + collected.blocks());
      } else if (full) {
        unpin(mine.removeFirst());
      } else if (add(number)) {
        mine.addLast(number);
      } else if (!mine.isEmpty()) {
        unpin(mine.removeFirst());
      }
      if (!mine.isEmpty()) {
        read(mine.stream().skip(random.nextInt(mine.size())).findFirst().orElseThrow());
      }
      number += THREADS;
    }
  }

  private boolean add(long number) {
    say("adding " + number);
    try {
      store.kept().add(CrashDag.of(number).car());
      say("added " + number + " " + lengths());
      return true;
    } catch (QuotaExceededException e) {
      say("refused " + number);
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void unpin(long number) {
    say("unpinning " + number);
    store.kept().unpin(CrashDag.of(number).root());
    say("unpinned " + number + " " + lengths());
  }

  /** What was acknowledged is there, all the time. */
  private void read(long number) {
    for (Block block : CrashDag.of(number).blocks()) {
      try {
        byte[] bytes = store.data().get(block.cid());
        if (!Arrays.equals(bytes, block.bytes())) {
          say((bytes == null ? "missing " : "wrong ") + number);
        }
      } catch (ContentException e) {
        say("missing " + number);
      }
    }
  }

  /** Names and lengths of the files that grow. */
  private String lengths() {
    try {
      StringJoiner lengths = new StringJoiner(" ");
      try (Stream<Path> all = Files.list(folder.resolve("blocks"))) {
        for (Path file : all.filter(file -> !file.toString().endsWith(".idx")).toList()) {
          addLength(lengths, file);
        }
      }
      addLength(lengths, folder.resolve("pins"));
      return lengths.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void addLength(StringJoiner lengths, Path file) throws IOException {
    try {
      lengths.add(file.getFileName() + ":" + Files.size(file));
    } catch (NoSuchFileException e) {
      lengths.add(file.getFileName() + ":-1"); // it has just gone
    }
  }

  private static void say(String line) {
    OUT.println(line);
    if (OUT.checkError()) {
      Runtime.getRuntime().halt(1); // Nobody listens any more.
    }
  }
}
