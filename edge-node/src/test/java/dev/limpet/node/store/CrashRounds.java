package dev.limpet.node.store;

import dev.limpet.content.ChildJvm;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.HashMismatchException;
import dev.limpet.content.block.Pin;
import dev.limpet.content.block.StoreFailedException;
import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Kills a store again and again at random moments, and looks each time whether it kept its word.
 *
 * <p>A round: a process works in the folder and is killed with -9. In a copy of what it left, one
 * bit is flipped; the copy must tell at its start, or answer nothing for the one block that is
 * damaged, and never wrong bytes. In the folder itself, what was written after the last
 * acknowledgement is torn off or overwritten, as a power cut may do; then all that was acknowledged
 * must be there, byte for byte, with the pins that were acknowledged, what was let go must not be
 * pinned, and the quota must hold. The next round goes on from there.
 */
final class CrashRounds {
  private static final long NUMBERS_A_ROUND = 3_000_000;
  private static final int MOST_NANOS = 3_000_000;

  /** A third of the kills follow this line. */
  private static final String COLLECTING = "collecting\n";

  private static final List<String> SMALL_JVM =
      List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private final Path folder;
  private final Path copy;
  private final Random random;
  private final CrashHistory history = new CrashHistory();
  private int torn;
  private int flipped;
  private int detected;

  CrashRounds(Path parent, long seed) {
    this.folder = parent.resolve("store");
    this.copy = parent.resolve("flipped");
    this.random = new Random(seed);
  }

  /** Does so many rounds; throws an AssertionError when the store did not keep its word. */
  String run(int rounds, int mostLines) throws Exception {
    for (int round = 0; round < rounds; round++) {
      try {
        runUntilKilled(round * NUMBERS_A_ROUND, 1 + random.nextInt(mostLines));
        delete(folder.resolve("fetched")); // what is kept is kept without it
        flipInCopy();
        tear();
        check();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("in round " + round + ": " + e.getMessage(), e);
      }
    }
    return ("%d rounds, %d lines, %d kept, %d let go, %d pinned where they were, %d of them alone, "
            + "%d named anew, %d refused, %d collections, %d kills inside of one, "
            + "%d torn, %d flipped, %d of them noticed")
        .formatted(
            rounds,
            history.lines,
            history.pinned.size(),
            history.unpinned.size(),
            history.pins,
            history.directPins,
            history.renamed,
            history.refusals,
            history.collections,
            history.killedInCollection,
            torn,
            flipped,
            detected);
  }

  private void runUntilKilled(long first, int lines) throws Exception {
    history.beginRound();
    List<String> arguments =
        new ArrayList<>(
            List.of(folder.toString(), Long.toString(random.nextLong()), Long.toString(first)));
    history.pinned.keySet().forEach(pin -> arguments.add(pin.toString()));
    Process process =
        new ProcessBuilder(ChildJvm.command(SMALL_JVM, CrashedStoreMain.class, arguments))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream said = process.getInputStream()) {
      StringBuilder text = new StringBuilder();
      int seen = 0;
      String last = random.nextInt(3) == 0 ? COLLECTING : "";
      while (seen < lines || !endsWith(text, last)) {
        int next = said.read();
        if (next < 0) {
          throw new AssertionError("the store ended by itself: " + text);
        }
        text.append((char) next);
        seen += next == '\n' ? 1 : 0;
      }
      long until = System.nanoTime() + random.nextInt(MOST_NANOS);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      process.toHandle().destroyForcibly(); // Process itself would throw away what it said last.
      text.append(new String(said.readAllBytes(), StandardCharsets.US_ASCII));
      process.waitFor();
      // A line without its end was not acknowledged.
      text.substring(0, text.lastIndexOf("\n")).lines().forEach(history::take);
      history.endRound();
    }
  }

  private static boolean endsWith(StringBuilder text, String end) {
    return text.lastIndexOf(end) == text.length() - end.length();
  }

  // ---- flipped bits ----

  private void flipInCopy() throws IOException {
    delete(copy);
    copyTo(folder, copy);
    List<Path> files = new ArrayList<>(files(copy.resolve("blocks")));
    files.removeIf(file -> file.endsWith("lock"));
    files.add(copy.resolve("pins"));
    Path file = files.get(random.nextInt(files.size()));
    long size = Files.size(file);
    if (size == 0) {
      return;
    }
    flipped++;
    flip(file, random.nextLong(size));
    try (NodeStore store = CrashedStoreMain.open(copy)) {
      Set<Cid> damaged = read(store);
      int allowed = file.toString().endsWith(".car") ? 1 : 0;
      if (damaged.size() > allowed) {
        throw new AssertionError(
            "a flipped bit in %s cost %d blocks".formatted(file.getFileName(), damaged.size()));
      }
      detected += damaged.size();
    } catch (StoreFailedException e) {
      if (!file.endsWith("pins") || !String.valueOf(e.getMessage()).contains(file.toString())) {
        throw e;
      }
      detected++; // Pins that vanish in silence would be data lost later.
    }
  }

  private void flip(Path file, long position) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek(position);
      int before = bytes.read();
      bytes.seek(position);
      bytes.write(before ^ 1 << random.nextInt(8));
    }
  }

  // ---- torn tails ----

  /**
   * Only when no segment has gone since the last acknowledgement: blocks that were acknowledged may
   * have been copied out of that one, and flushed, without a word.
   */
  private void tear() throws IOException {
    Path blocks = folder.resolve("blocks");
    boolean known =
        !history.lastNames.isEmpty()
            && history.lastNames.stream()
                .filter(name -> name.endsWith(".car"))
                .allMatch(name -> Files.exists(blocks.resolve(name)));
    List<Path> segments =
        files(blocks).stream().filter(file -> file.toString().endsWith(".car")).toList();
    if (!known || segments.isEmpty() || random.nextInt(4) == 0) {
      return;
    }
    tear(segments.getLast());
    tear(blocks.resolve("deleted.log"));
    tear(folder.resolve("pins"));
  }

  private void tear(Path file) throws IOException {
    Long promised = history.promised.get(file.getFileName().toString());
    long size = Files.exists(file) ? Files.size(file) : 0;
    boolean begun = promised == null && file.toString().endsWith(".car");
    long from = promised != null ? promised : begun ? 0 : size;
    if (size <= from) {
      return;
    }
    torn++;
    long at = from + random.nextLong(size - from + 1);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      if (random.nextBoolean()) {
        bytes.setLength(at);
      } else {
        byte[] lost = new byte[Math.toIntExact(size - at)]; // zeros: allocated, never written
        bytes.seek(at);
        bytes.write(lost);
      }
    }
  }

  // ---- what must be true ----

  private void check() throws IOException {
    try (NodeStore store = CrashedStoreMain.open(folder)) {
      Set<Cid> missing = read(store);
      if (!missing.isEmpty()) {
        throw new AssertionError(missing.size() + " acknowledged blocks are missing: " + missing);
      }
      Set<Cid> pins = new HashSet<>();
      store.kept().pins().forEach(pin -> pins.add(pin.root()));
      history.pinned.forEach((pin, names) -> checkPin(store.kept().pinOf(pin.root()), pin, names));
      for (Cid pin : pins) {
        if (history.unpinned.contains(pin)) {
          throw new AssertionError(pin + " was let go and is pinned again");
        }
      }
      letGoOfTheRest(store, pins);
    }
    long used = Files.size(folder.resolve("pins"));
    for (Path file : files(folder.resolve("blocks"))) {
      used += Files.size(file);
    }
    if (used > CrashedStoreMain.QUOTA) {
      throw new AssertionError("the store takes " + used + " bytes, more than its quota");
    }
  }

  private static void checkPin(@Nullable Pin is, CrashPin wanted, Set<String> names) {
    if (is == null) {
      throw new AssertionError("DAG " + wanted + " is no longer pinned");
    }
    if (is.kind() != wanted.kind() || !names.contains(is.name())) {
      throw new AssertionError(
          "DAG %s has a %s pin '%s', and not one of %s"
              .formatted(wanted, is.kind().text(), is.name(), names));
    }
  }

  /** What was pinned or let go without an acknowledgement may be pinned; nobody would unpin it. */
  private void letGoOfTheRest(NodeStore store, Set<Cid> pins) {
    history.pinned.keySet().forEach(pin -> pins.remove(pin.root()));
    pins.forEach(store.kept()::unpin);
  }

  /** Reads all that was acknowledged; answers what is not there, and throws at wrong bytes. */
  private Set<Cid> read(NodeStore store) {
    Set<Cid> lost = new HashSet<>();
    for (CrashPin pin : history.pinned.keySet()) {
      for (Block block : pin.blocks()) {
        byte[] bytes = get(store, block.cid());
        if (bytes == null) {
          lost.add(block.cid());
        } else if (!Arrays.equals(bytes, block.bytes())) {
          throw new AssertionError("wrong bytes for " + block.cid() + " of DAG " + pin);
        }
      }
    }
    return lost;
  }

  private static byte @Nullable [] get(NodeStore store, Cid cid) {
    try {
      return store.data().get(cid);
    } catch (HashMismatchException e) {
      return null; // noticed
    }
  }

  // ---- files ----

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.sorted().toList();
    }
  }

  private static void copyTo(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path file : all.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The program: folder, rounds, and a seed when one is to be repeated. */
  public static void main(String[] arguments) throws Exception {
    long seed = arguments.length > 2 ? Long.parseLong(arguments[2]) : System.nanoTime();
    System.out.println("seed " + seed);
    CrashRounds rounds = new CrashRounds(Path.of(arguments[0]), seed);
    System.out.println(rounds.run(Integer.parseInt(arguments[1]), 400));
  }
}
