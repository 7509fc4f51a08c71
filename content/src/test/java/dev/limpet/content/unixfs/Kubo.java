package dev.limpet.content.unixfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.BuiltPeer;
import dev.limpet.content.cid.Cid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A real Kubo with a repository of its own, as a command; no daemon runs and nothing is sent. */
final class Kubo {
  private static final Pattern ADDED = Pattern.compile("(?m)^added (\\S+) (t\\d+)$");
  private static final int MINUTES = 10;

  private final Path program;
  private final Path folder;

  /** {@code folder} gets the repository and what the command says. */
  Kubo(Path folder) throws IOException {
    this.program = BuiltPeer.kubo();
    this.folder = folder;
    String unused = run(folder, List.of("init", "--profile=test", "--empty-repo"));
    assertEquals(BuiltPeer.KUBO, run(folder, List.of("version", "-n")).strip(), unused);
  }

  /** Runs a command in a folder and returns what it prints. */
  String run(Path in, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("IPFS_PATH", folder.resolve("repository").toString());
    builder.environment().put("IPFS_TELEMETRY", "off");
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError(command + " does not end");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new AssertionError(command + " was interrupted", e);
    }
    assertEquals(0, process.exitValue(), () -> command + ": " + text(err));
    return text(out);
  }

  private static String text(Path file) {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** The roots of trees {@code t0, t1, ...} in a folder, added with options. */
  Map<String, Cid> add(Path in, int trees, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of("add", "-r", "--pin=false", "--progress=false"));
    command.addAll(options);
    for (int i = 0; i < trees; i++) {
      command.add("t" + i);
    }
    Matcher added = ADDED.matcher(run(in, command));
    Map<String, Cid> roots = new HashMap<>();
    while (added.find()) {
      roots.put(added.group(2), Cid.parse(added.group(1)));
    }
    assertEquals(trees, roots.size(), "roots that Kubo has told");
    return roots;
  }

  /** Changes the configuration. */
  void configure(String key, String json) throws IOException {
    String _ = run(folder, List.of("config", "--json", key, json));
  }

  /** Applies a profile that Kubo knows. */
  void profile(String name) throws IOException {
    String _ = run(folder, List.of("config", "profile", "apply", name));
  }
}
