package dev.limpet.node.store;

import dev.limpet.content.block.Block;
import dev.limpet.content.block.ContentException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.PinKind;
import dev.limpet.content.block.QuotaExceededException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
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
import org.jspecify.annotations.Nullable;

/**
 * Adds, pins what was fetched (all of it, or its root alone), gives pins other names, unpins,
 * collects and reads without end in a node's store, and prints a line before and after each thing
 * that it would acknowledge to a client; made to be killed. With an acknowledgement goes how long
 * the files were then, so that whoever tears them knows what was promised.
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

  /** Arguments: folder, seed, number of the first DAG, what is pinned. */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    long first = Long.parseLong(arguments[2]);
    List<CrashPin> pinned = Arrays.stream(arguments).skip(3).map(CrashPin::of).toList();
    CrashedStoreMain main = new CrashedStoreMain(open(folder), folder);
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      Deque<CrashPin> mine = new ArrayDeque<>();
      pinned.stream().filter(pin -> pin.number() % THREADS == thread).forEach(mine::add);
      Thread worker = new Thread(() -> main.work(new Random(seed + thread), first + thread, mine));
      worker.setUncaughtExceptionHandler(
          (_, e) -> {
            say("failed " + e.toString().replace('\n', ' '));
            Runtime.getRuntime().halt(70);
          });
      worker.start();
    }
  }

  private void work(Random random, long start, Deque<CrashPin> mine) {
    long number = start;
    while (true) {
      boolean full = mine.size() > random.nextInt(KEPT_BY_A_THREAD + 1);
      int what = random.nextInt(20);
      if (what == 0) {
        say("collecting");
        say("collected " + store.collect().blocks());
      } else if (what < 3 && !mine.isEmpty()) {
        rename(any(random, mine), number);
      } else if (full) {
        unpin(mine.removeFirst());
      } else {
        CrashPin pin = kept(random, number);
        if (pin != null) {
          mine.addLast(pin);
        } else if (!mine.isEmpty()) {
          unpin(mine.removeFirst());
        }
      }
      if (!mine.isEmpty()) {
        read(any(random, mine));
      }
      number += THREADS;
    }
  }

  private static CrashPin any(Random random, Deque<CrashPin> mine) {
    return mine.stream().skip(random.nextInt(mine.size())).findFirst().orElseThrow();
  }

  /** Keeps a new DAG in one of the ways that there are; null when it was refused. */
  private @Nullable CrashPin kept(Random random, long number) {
    CrashPin pin =
        new CrashPin(number, random.nextInt(4) == 0 ? PinKind.DIRECT : PinKind.RECURSIVE);
    boolean fetched = pin.kind() == PinKind.DIRECT || random.nextInt(3) == 0;
    try {
      if (fetched) {
        say("pinning " + pin);
        CrashDag.of(number).blocks().forEach(store.fetched().sink()::put);
        pin(pin, number);
        say("pinned " + pin + " " + number + " " + lengths());
      } else {
        say("adding " + pin);
        store.kept().add(CrashDag.of(number).car());
        say("added " + pin + " - " + lengths());
      }
      return pin;
    } catch (QuotaExceededException e) {
      say("refused " + pin);
      return null;
    } catch (LimpetException e) {
      if (e.code() != ErrorCode.DATA_NOT_FOUND) {
        throw e;
      }
      say("refused " + pin); // what was fetched may go at any time
      return null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void pin(CrashPin pin, long named) {
    String name = CrashPin.name(Long.toString(named));
    Pin now =
        pin.kind() == PinKind.DIRECT
            ? store.kept().pinDirect(pin.root(), name)
            : store.kept().pin(pin.root(), name);
    if (!now.name().equals(name) || now.kind() != pin.kind()) {
      say("misunderstood " + pin);
    }
  }

  private void rename(CrashPin pin, long named) {
    say("naming " + pin + " " + named);
    try {
      pin(pin, named);
      say("named " + pin + " " + named + " " + lengths());
    } catch (QuotaExceededException e) {
      say("refused " + pin);
    }
  }

  private void unpin(CrashPin pin) {
    say("unpinning " + pin);
    store.kept().unpin(pin.root());
    say("unpinned " + pin + " - " + lengths());
  }

  /** What was acknowledged is there, all the time. */
  private void read(CrashPin pin) {
    for (Block block : pin.blocks()) {
      try {
        byte[] bytes = store.data().get(block.cid());
        if (!Arrays.equals(bytes, block.bytes())) {
          say((bytes == null ? "missing " : "wrong ") + pin);
        }
      } catch (ContentException e) {
        say("missing " + pin);
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
