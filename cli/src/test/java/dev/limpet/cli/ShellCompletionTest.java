package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.limpet.cli.command.LimpetCommand;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The completion scripts in the shells that they are for, asked as the Tab key asks. */
class ShellCompletionTest {
  private static final int PATIENCE_SECONDS = 60;

  @TempDir private Path folder = Path.of("");

  private final CommandLine root =
      new CommandLine(
          LimpetCommand.class, new CommandFactory(new Session(new RecordingTerminal().terminal())));

  /** A machine without a shell skips its test and says so; {@code .ci/run} has all three. */
  private void assumeThere(String shell) {
    boolean there = InstalledProgram.isThere(shell);
    boolean needed = System.getenv("LIMPET_ALL_SHELLS") != null;
    assertTrue(there || !needed, shell + " is not installed");
    assumeTrue(there, shell + " is not installed: its completion is not tested here");
  }

  /** What a shell offers at the end of each line. */
  private List<Set<String>> offered(String shell, List<String> lines)
      throws IOException, InterruptedException {
    RecordingTerminal terminal = new RecordingTerminal();
    assertEquals(0, terminal.run("completion", shell), terminal.err());
    Path script = Files.writeString(folder.resolve("script"), terminal.out());
    Path asking = folder.resolve("asking");
    try (InputStream in = getClass().getResourceAsStream("candidates." + shell)) {
      Files.write(asking, in.readAllBytes());
    }
    List<String> command = new ArrayList<>(List.of(shell));
    command.addAll(
        switch (shell) {
          case "zsh" -> List.of("-f");
          case "fish" -> List.of("--no-config");
          default -> List.of("--norc");
        });
    command.addAll(List.of(asking.toString(), script.toString()));
    command.addAll(lines);
    return read(command);
  }

  private List<Set<String>> read(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Files.createDirectories(folder.resolve("here")).toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("TERM", "dumb");
    Process process = builder.start();
    process.getOutputStream().close();
    boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(out, StandardCharsets.UTF_8);
    assertTrue(ended, said);
    List<Set<String>> all = new ArrayList<>();
    for (String line : said.lines().toList()) {
      if (line.equals("line")) {
        all.add(new TreeSet<>());
      } else if (line.startsWith("hit:")) {
        all.getLast().add(line.substring(4).strip());
      }
    }
    return all;
  }

  @ParameterizedTest
  @Tag("long")
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void a_shell_completes_commands_options_words_and_files(String shell) throws Exception {
    assumeThere(shell);
    Files.writeString(Files.createDirectories(folder.resolve("here")).resolve("notes.txt"), "x");
    Set<String> file = Set.of("notes.txt");
    List<Expected> all =
        List.of(
            new Expected("limpet na", Set.of("name")),
            new Expected("limpet nodes ", subcommands("nodes")),
            new Expected("limpet name r", Set.of("rollback", "rm")),
            new Expected("limpet call --", options("call")),
            new Expected("limpet name rollback --", options("name", "rollback")),
            new Expected("limpet config check --", options("config", "check")),
            new Expected("limpet check --c", Set.of("--compile")),
            new Expected("limpet completion z", Set.of("zsh")),
            new Expected("limpet config show g", Set.of("gateway")),
            new Expected("limpet deploy notes.txt --abi h", Set.of("http")),
            new Expected("limpet add no", file),
            new Expected("limpet check no", file),
            new Expected("limpet deploy no", file),
            new Expected("limpet run no", file),
            new Expected("limpet run notes.txt --data no", file),
            new Expected("limpet run notes.txt --body no", file),
            new Expected("limpet call f --body no", file),
            new Expected("limpet call f --token-file no", file),
            new Expected("limpet get x -o no", file),
            new Expected("limpet node --config no", file),
            new Expected("limpet pin no", Set.of()));
    List<Set<String>> offered = offered(shell, all.stream().map(Expected::line).toList());
    assertEquals(all.size(), offered.size());
    for (int i = 0; i < all.size(); i++) {
      assertEquals(all.get(i).offered(), offered.get(i), shell + ": " + all.get(i).line());
    }
  }

  /** A line, and all that is offered at its end. */
  private record Expected(String line, Set<String> offered) {}

  private CommandLine command(String... path) {
    CommandLine at = root;
    for (String name : path) {
      at = Objects.requireNonNull(at.getSubcommands().get(name), name);
    }
    return at;
  }

  private Set<String> subcommands(String... path) {
    return new TreeSet<>(command(path).getSubcommands().keySet());
  }

  private Set<String> options(String... path) {
    Set<String> names = new TreeSet<>();
    command(path).getCommandSpec().options().forEach(option -> names.add(option.longestName()));
    return names;
  }
}
