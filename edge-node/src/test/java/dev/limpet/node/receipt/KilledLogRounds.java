package dev.limpet.node.receipt;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.ChildJvm;
import dev.limpet.content.cid.Cid;
import dev.limpet.node.receipt.ReceiptLog.Found;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.receipt.Enrolment;
import dev.limpet.protocol.receipt.ReceiptSamples;
import dev.limpet.protocol.receipt.ReceiptVerifier;
import dev.limpet.protocol.receipt.Verification;
import dev.limpet.protocol.tlog.Checkpoint;
import dev.limpet.protocol.tlog.Cosignature;
import dev.limpet.protocol.tlog.ProofCheck;
import dev.limpet.protocol.tlog.SignedNote;
import dev.limpet.protocol.tlog.Tile;
import dev.limpet.protocol.tlog.TreeHash;
import dev.limpet.protocol.tlog.TreeProofs;
import dev.limpet.protocol.tlog.WitnessRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Kills a process that writes a log of receipts, again and again at random moments, and looks each
 * time whether the log kept its word.
 *
 * <p>A round: the process promises receipts and shows some of them, until it is killed with -9.
 * What lies behind the last checkpoint is torn off or overwritten, as a power cut may do. Then the
 * log opens and tells of a gap; each receipt that was shown is proven, each that was only promised
 * is proven or lost; every checkpoint that was ever shown is one of a beginning of the log; and a
 * witness that knows the last one finds that the log only grew. The next round goes on from there.
 */
final class KilledLogRounds {
  private static final int MOST_LINES = 400;
  private static final int MOST_NANOS = 120_000_000;
  private static final int MOST_GARBAGE = 2000;
  private static final List<String> SMALL_JVM =
      List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto");

  private final Path folder;
  private final Path key;
  private final Random random;
  private final NodeIdentity node;
  private final NodeIdentity operator = NodeIdentity.generate();
  private final List<Shown> shown = new ArrayList<>();
  private @Nullable Checkpoint witnessed;
  private int rounds;
  private int kept;
  private int lost;
  private int torn;

  /** A receipt that was proven, by this checkpoint. */
  private record Shown(Cid receipt, long size, String root) {}

  KilledLogRounds(Path parent, long seed) throws IOException {
    this.folder = parent.resolve("log");
    this.key = parent.resolve("identity.key");
    this.random = new Random(seed);
    this.node = NodeIdentity.loadOrCreate(key);
  }

  /** Receipts that were promised and never shown, and were in the log all the same. */
  int kept() {
    return kept;
  }

  /** One round; throws an AssertionError when the log did not keep its word. */
  void round() throws Exception {
    List<Cid> promised = new ArrayList<>();
    int known = shown.size();
    for (String line : runUntilKilled(1 + random.nextInt(MOST_LINES))) {
      String[] words = line.split(" ", -1);
      switch (words[0]) {
        case "promised" -> promised.add(Cid.parse(words[1]));
        case "shown" ->
            shown.add(new Shown(Cid.parse(words[1]), Long.parseLong(words[2]), words[3]));
        default -> throw new AssertionError(line);
      }
    }
    tear();
    long size = checkpoint().size();
    try (ReceiptLog log = ReceiptLog.open(KilledLogMain.parts(folder, node))) {
      await().until(() -> log.gaps() == 1);
      assertEquals(size + 1, log.size(), "the gap is the one entry that came");
      count(log, promised);
      shown.subList(known, shown.size()).forEach(one -> requireProven(log, one.receipt()));
      requireProven(log, shown.get(random.nextInt(shown.size())).receipt());
      requireBeginnings();
      requireWitnessed(log);
    }
    rounds++;
  }

  private List<String> runUntilKilled(int lines) throws Exception {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    SMALL_JVM,
                    KilledLogMain.class,
                    List.of(folder.toString(), key.toString(), Long.toString(random.nextLong()))))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> said = new ArrayList<>();
    try (BufferedReader out = process.inputReader(StandardCharsets.US_ASCII)) {
      while (said.size() < lines || said.stream().noneMatch(line -> line.startsWith("shown"))) {
        String line = out.readLine();
        assertTrue(line != null && !line.equals("damaged"), () -> "it ended by itself: " + line);
        said.add(line);
      }
      LockSupport.parkNanos(random.nextInt(MOST_NANOS)); // to be killed at any point of its work
      process.toHandle().destroyForcibly(); // Process itself would throw away what it said last.
      String rest = out.readAllAsString();
      rest.substring(0, rest.lastIndexOf('\n') + 1).lines().forEach(said::add);
    }
    process.waitFor();
    return said;
  }

  private Checkpoint checkpoint() throws IOException {
    return Checkpoint.parse(
        SignedNote.parse(Files.readString(folder.resolve("checkpoint"))).text());
  }

  // ---- what a power cut leaves behind the last checkpoint ----

  private void tear() throws IOException {
    long size = checkpoint().size();
    long inLast = size % Tile.WIDTH;
    tear(folder.resolve(Tile.pathOf(0, size / Tile.WIDTH)), inLast * TreeHash.BYTES);
    Path bundle = folder.resolve(Tile.pathOf(Tile.ENTRIES, size / Tile.WIDTH));
    tear(bundle, Files.exists(bundle) ? lengthOf(bundle, inLast) : 0);
    Files.write(folder.resolve("checkpoint.new"), new byte[random.nextInt(9)]);
  }

  private static long lengthOf(Path bundle, long entries) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(bundle.toFile(), "r")) {
      for (long i = 0; i < entries; i++) {
        int length = in.readUnsignedShort();
        in.seek(in.getFilePointer() + length);
      }
      return in.getFilePointer();
    }
  }

  private void tear(Path file, long covered) throws IOException {
    if (!Files.exists(file) && covered > 0) {
      throw new AssertionError("the checkpoint covers " + file + ", which is not there");
    }
    long size = Files.exists(file) ? Files.size(file) : 0;
    assertTrue(size >= covered, () -> "the checkpoint covers more of " + file + " than there is");
    if (size == 0) {
      return;
    }
    torn += size > covered ? 1 : 0;
    try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
      out.setLength(covered + random.nextLong(size - covered + 1));
    }
    byte[] garbage = new byte[random.nextInt(MOST_GARBAGE)];
    random.nextBytes(garbage);
    Files.write(file, garbage, StandardOpenOption.APPEND);
  }

  // ---- what must be true ----

  private void count(ReceiptLog log, List<Cid> promised) {
    for (Cid receipt : promised) {
      switch (log.find(receipt)) {
        case Found.Proven _ -> kept++;
        case Found.Missing _ -> lost++;
        case Found.Pending _ -> throw new AssertionError("nobody writes " + receipt + " any more");
      }
    }
  }

  private void requireProven(ReceiptLog log, Cid receipt) {
    if (!(log.find(receipt) instanceof Found.Proven proven)) {
      throw new AssertionError(receipt + " was shown and is lost");
    }
    Verification verification =
        ReceiptVerifier.verify(
            proven.file().proof().toString().getBytes(StandardCharsets.UTF_8),
            new ReceiptVerifier.Trust(null, node.peerId()),
            Instant.now());
    assertTrue(verification.isGreen(), () -> verification.checks().toString());
  }

  private void requireBeginnings() {
    TreeProofs tree = new TreeProofs(new TileFiles(folder));
    for (Shown one : shown) {
      assertEquals(one.root(), tree.root(one.size()).toString(), "of the first " + one.size());
    }
  }

  private void requireWitnessed(ReceiptLog log) throws IOException {
    if (witnessed == null) {
      log.enrolled(ReceiptSamples.enrolment(operator, node.peerId()));
    }
    WitnessRequest request = Objects.requireNonNull(log.toWitness());
    String text = request.checkpoint().text();
    Checkpoint offered = Checkpoint.parse(text);
    Checkpoint before = witnessed;
    assertEquals(before == null ? 0 : before.size(), request.old());
    assertTrue(before == null || ProofCheck.isConsistent(before, offered, request.proof()));
    String name = Enrolment.keyName(operator.peerId());
    log.cosigned(request, Cosignature.sign(text, name, operator, Instant.now()));
    witnessed = offered;
  }

  @Override
  public String toString() {
    return "%d rounds, %d entries, %d promises kept, %d lost, %d files torn"
        .formatted(rounds, witnessed == null ? 0 : witnessed.size(), kept, lost, torn);
  }
}
