package dev.limpet.protocol.tlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.protocol.NodeIdentity;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is written here, as {@code golang.org/x/mod/sumdb} reads it. */
@Tag("nightly")
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class GoLogTest {
  private static final int ENTRIES = 600;

  @TempDir private Path dir;
  private final StoredLog log = new StoredLog();
  private final TreeProofs proofs = new TreeProofs(log);

  @BeforeEach
  void build() throws IOException, InterruptedException {
    boolean there =
        Stream.of(Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "go")));
    assumeTrue(there, "no go on the PATH, so nothing is compared with it");
    for (String file : List.of("main.go", "go.mod")) {
      try (InputStream in = GoLogTest.class.getResourceAsStream(file + ".txt")) {
        Files.copy(Objects.requireNonNull(in, file), dir.resolve(file));
      }
    }
    for (int i = 0; i < ENTRIES; i++) {
      log.add(("entry " + i).getBytes(StandardCharsets.UTF_8));
    }
    Result tidy = go("", "go", "mod", "tidy");
    assumeTrue(tidy.exit == 0, () -> "the module cannot be fetched: " + tidy.out);
    Result built = go("", "go", "build", "-o", "check", ".");
    assertEquals(0, built.exit, built.out);
  }

  private record Result(int exit, String out) {}

  private Result go(String input, String... command) throws IOException, InterruptedException {
    Path in = Files.writeString(dir.resolve("in"), input);
    Path out = dir.resolve("out");
    Process process =
        new ProcessBuilder(command)
            .directory(dir.toFile())
            .redirectInput(in.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    int exit = process.waitFor();
    return new Result(exit, Files.readString(out).strip());
  }

  private String record(long index, long size) {
    return "record "
        + size
        + " "
        + proofs.root(size)
        + " "
        + index
        + " "
        + HexFormat.of().formatHex(log.entry((int) index))
        + words(proofs.inclusion(index, size));
  }

  private String tree(long old, long size) {
    return "tree "
        + size
        + " "
        + proofs.root(size)
        + " "
        + old
        + " "
        + proofs.root(old)
        + words(proofs.consistency(old, size));
  }

  private static String words(List<TreeHash> hashes) {
    StringBuilder words = new StringBuilder();
    hashes.forEach(hash -> words.append(' ').append(hash));
    return words.toString();
  }

  private static String note(SignedNote note, NoteKey key) {
    byte[] text = note.toString().getBytes(StandardCharsets.UTF_8);
    return "note " + key.verifierKey() + " " + HexFormat.of().formatHex(text);
  }

  @Test
  void proofs_notes_and_paths_are_those_of_the_go_project() throws Exception {
    List<String> lines = new ArrayList<>();
    for (long size : new long[] {1, 2, 3, 7, 8, 255, 256, 257, 600}) {
      for (long index = 0; index < size; index += 1 + size / 9) {
        lines.add(record(index, size));
      }
      for (long old = 1; old <= size; old += 1 + size / 9) {
        lines.add(tree(old, size));
      }
    }
    for (long index : new long[] {0, 7, 999, 1000, 1_234_067, 999_999_999}) {
      lines.add("tile 0 " + index + " 256 " + new Tile(0, index, 256).path());
      lines.add("tile 3 " + index + " 17 " + new Tile(3, index, 17).path());
    }
    NodeIdentity signer = NodeIdentity.generate();
    Checkpoint checkpoint = log.checkpoint("example.com/log", ENTRIES);
    SignedNote note = SignedNote.sign(checkpoint.text(), checkpoint.origin(), signer);
    NoteKey key = new NoteKey(checkpoint.origin(), NoteKey.Kind.ED25519, signer.peerId());
    lines.add(note(note, key));
    Result checked = go(String.join("\n", lines) + "\n", "./check");
    assertEquals(0, checked.exit, checked.out);
    assertEquals(Integer.toString(lines.size()), checked.out);
    SignedNote altered = new SignedNote("another text\n", note.signatures());
    assertNotEquals(0, go(note(altered, key) + "\n", "./check").exit);
    assertNotEquals(0, go(record(3, 8).replaceFirst(" 3 ", " 2 ") + "\n", "./check").exit);
  }
}
