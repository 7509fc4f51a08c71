package dev.limpet.cli.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.Main;
import dev.limpet.cli.RecordingTerminal;
import dev.limpet.content.ChildJvm;
import dev.limpet.content.block.Block;
import dev.limpet.content.block.PackBlockstore;
import dev.limpet.content.block.PackOptions;
import dev.limpet.content.block.PinSet;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kill -9 of the command in the middle of its work. */
class KilledBackupTest {
  /** Of 1 MiB each: the command is killed after the first, and has not ended by then. */
  private static final int BLOCKS = 64;

  private static final int ATTEMPTS = 10;

  /** What a process that kill -9 ended leaves: 128 and the number of the signal. */
  private static final int KILLED = 128 + 9;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  @TempDir private Path dir = Path.of("");

  private final RecordingTerminal terminal = new RecordingTerminal();

  private Path node() throws IOException {
    Path node = dir.resolve("node");
    var _ = NodeIdentity.loadOrCreate(Files.createDirectory(node).resolve("identity.key"));
    byte[] bytes = new byte[1 << 20];
    Random random = new Random(7);
    try (PackBlockstore store =
            PackBlockstore.open(node.resolve("blocks"), PackOptions.store(1L << 30));
        PinSet pins = PinSet.open(node.resolve("pins"))) {
      for (int i = 0; i < BLOCKS; i++) {
        random.nextBytes(bytes);
        store.put(Block.of(Multicodec.RAW, bytes));
      }
      assertEquals(List.of(), pins.list());
    }
    return node;
  }

  /**
   * Starts the command and kills it as soon as {@code then} holds; again, without what it made,
   * where it ended before, as it may while this thread has no core.
   */
  private static void killWhen(BooleanSupplier then, Path made, String... arguments)
      throws Exception {
    for (int left = ATTEMPTS; exitWhen(then, arguments) != KILLED; left--) {
      assertTrue(left > 0, "it always ended before it was killed");
      FolderTree.remove(made);
    }
  }

  /** With what it ends: it is killed, or does well before. */
  private static int exitWhen(BooleanSupplier then, String... arguments) throws Exception {
    List<String> command = ChildJvm.command(List.of(), Main.class, List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(discard()).start();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (process.isAlive() && !then.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "it does not get there");
      Thread.onSpinWait();
    }
    process.destroyForcibly();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    int exit = process.exitValue();
    assertTrue(exit == KILLED || exit == 0, () -> "it ended by itself with " + exit);
    return exit;
  }

  private static ProcessBuilder.Redirect discard() {
    return ProcessBuilder.Redirect.DISCARD;
  }

  private static boolean isLarge(Path file) {
    try {
      return Files.exists(file) && Files.size(file) > 1 << 20;
    } catch (IOException e) {
      return false;
    }
  }

  private int run(String... arguments) {
    return terminal.run(arguments);
  }

  @Test
  @Tag("long")
  void a_killed_backup_leaves_nothing_under_its_name_and_the_next_one_succeeds() throws Exception {
    Path node = node();
    Path file = dir.resolve("node.backup");
    Path part = dir.resolve("node.backup.part");
    killWhen(
        () -> isLarge(part), file, "backup", "--dir", node.toString(), "--to", file.toString());
    assertFalse(Files.exists(file));
    assertTrue(Files.exists(part));
    assertEquals(
        0, run("backup", "--dir", node.toString(), "--to", file.toString()), terminal.err());
    assertFalse(Files.exists(part));
  }

  @Test
  @Tag("long")
  void a_killed_restore_leaves_no_folder_that_starts_and_the_next_one_succeeds() throws Exception {
    Path node = node();
    Path file = dir.resolve("node.backup");
    assertEquals(
        0, run("backup", "--dir", node.toString(), "--to", file.toString()), terminal.err());
    Path back = dir.resolve("back");
    Path unfinished = dir.resolve(".back.restoring");
    Path begun = unfinished.resolve("blocks/segment-0000000001.car");
    killWhen(
        () -> isLarge(begun), back, "restore", "--from", file.toString(), "--dir", back.toString());
    assertFalse(Files.exists(back));
    NodeConfig config =
        NodeConfig.load(null, Map.of(), List.of("listen=127.0.0.1:0", "dir=" + unfinished));
    LimpetException refused = assertThrows(LimpetException.class, () -> Node.start(config).close());
    assertTrue(refused.problem().detail().contains("restore again"), refused.problem().detail());
    assertEquals(
        0, run("restore", "--from", file.toString(), "--dir", back.toString()), terminal.err());
    assertFalse(Files.exists(unfinished));
    assertTrue(Files.exists(back.resolve("blocks/segment-0000000001.car")));
  }
}
