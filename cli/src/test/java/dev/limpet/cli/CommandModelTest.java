package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.cli.command.LimpetCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What holds for every command: the test walks the model, so a new command is in it. */
class CommandModelTest {
  /** The commands that answer with data, text of their own, or run until they are stopped. */
  private static final List<String> WITHOUT_JSON =
      List.of(
          "call",
          "cat",
          "completion",
          "demo",
          "gateway",
          "help",
          "limpet",
          "node",
          "receipt",
          "up");

  private final RecordingTerminal terminal = new RecordingTerminal();

  private static List<CommandSpec> commands() {
    CommandLine root =
        new CommandLine(
            LimpetCommand.class,
            new CommandFactory(new Session(new RecordingTerminal().terminal())));
    List<CommandSpec> all = new ArrayList<>();
    collect(root, all);
    return all;
  }

  private static void collect(CommandLine command, List<CommandSpec> all) {
    all.add(command.getCommandSpec());
    command.getSubcommands().values().forEach(each -> collect(each, all));
  }

  private static List<String> path(CommandSpec command) {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
    words.removeFirst();
    return words;
  }

  private RecordingTerminal run(CommandSpec command, String... more) {
    List<String> words = path(command);
    words.addAll(List.of(more));
    RecordingTerminal own = new RecordingTerminal(Map.of("TERM", "xterm-256color"));
    int exit = own.run(words.toArray(String[]::new));
    assertEquals(0, exit, () -> command.qualifiedName() + ": " + own.err());
    return own;
  }

  @Test
  void every_command_has_help_with_an_example_that_names_it() {
    for (CommandSpec command : commands()) {
      if (command.name().equals("help")) {
        continue;
      }
      String help = run(command, "--help").out();
      assertTrue(help.contains("Example"), command.qualifiedName());
      assertTrue(
          help.lines().anyMatch(line -> isExampleOf(line, command)), command.qualifiedName());
    }
  }

  private static boolean isExampleOf(String line, CommandSpec command) {
    return !line.startsWith("Usage:") && line.contains(command.qualifiedName());
  }

  @Test
  void help_has_no_colour_codes_and_no_description_is_missing() {
    for (CommandSpec command : commands()) {
      assertFalse(run(command, "--help").out().contains("\u001b"), command.qualifiedName());
      assertTrue(command.usageMessage().description().length > 0, command.qualifiedName());
      for (OptionSpec option : command.options()) {
        assertTrue(
            option.description().length > 0 && !option.description()[0].isBlank(),
            command.qualifiedName() + " " + option.longestName());
      }
    }
  }

  @Test
  void every_option_is_in_lower_case_with_dashes() {
    Pattern form = Pattern.compile("--[a-z][a-z-]*|-[a-zA-Z]");
    for (CommandSpec command : commands()) {
      for (OptionSpec option : command.options()) {
        for (String name : option.names()) {
          assertTrue(form.matcher(name).matches(), command.qualifiedName() + " " + name);
        }
      }
    }
  }

  @Test
  void every_command_that_answers_has_json() {
    for (CommandSpec command : commands()) {
      boolean group = !command.subcommands().isEmpty();
      boolean json = command.findOption("--json") != null;
      assertTrue(json || group || WITHOUT_JSON.contains(command.name()), command.qualifiedName());
    }
  }

  @Test
  void an_option_that_nobody_has_is_exit_code_2_everywhere_and_points_at_help() {
    for (CommandSpec command : commands()) {
      if (command.name().equals("help")) {
        continue;
      }
      List<String> words = path(command);
      words.add("--no-such-option");
      RecordingTerminal own = new RecordingTerminal();
      assertEquals(2, own.run(words.toArray(String[]::new)), command.qualifiedName());
      assertTrue(own.err().contains("--help'"), own.err());
      assertEquals("", own.out(), command.qualifiedName());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh", "fish"})
  void completion_knows_every_command_and_every_option(String shell) {
    assertEquals(0, terminal.run("completion", shell), terminal.err());
    String script = terminal.out();
    for (CommandSpec command : commands()) {
      assertTrue(script.contains(command.name()), command.qualifiedName());
      for (OptionSpec option : command.options()) {
        String name = option.longestName();
        if (option.hidden()) {
          continue;
        }
        String said = shell.equals("fish") ? "-l " + name.substring(2) : name;
        assertTrue(script.contains(said), command.qualifiedName() + " " + name);
      }
    }
  }

  @Test
  void bash_completes_a_command_and_its_options() throws IOException, InterruptedException {
    assertEquals(0, terminal.run("completion", "bash"), terminal.err());
    assertTrue(completed("limpet dep").contains("deploy"));
    assertTrue(completed("limpet run --us").contains("--usage"));
  }

  /** What bash offers for the last word of a line. */
  private String completed(String line) throws IOException, InterruptedException {
    String words = "COMP_WORDS=(" + line + "); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))";
    Process bash = new ProcessBuilder("bash", "-s").redirectErrorStream(true).start();
    try (var in = bash.getOutputStream()) {
      String ask = "\n" + words + "; _complete_limpet; printf '%s\\n' \"${COMPREPLY[@]}\"\n";
      in.write((terminal.out() + ask).getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), out);
    return out;
  }

  @Test
  void a_shell_that_nobody_knows_is_wrong_usage_and_the_known_ones_are_named() {
    assertEquals(2, terminal.run("completion", "tcsh"));
    assertTrue(terminal.err().contains("FISH"), terminal.err());
  }

  @Test
  void each_command_can_be_modelled_alone() {
    List<String> needAll = List.of("completion", "help");
    Map<String, CommandLine> all =
        new CommandLine(LimpetCommand.class, new CommandFactory(new Session(terminal.terminal())))
            .getSubcommands();
    for (Map.Entry<String, CommandLine> each : all.entrySet()) {
      Class<?> expected =
          needAll.contains(each.getKey()) ? null : each.getValue().getCommand().getClass();
      assertEquals(expected, LimpetCommand.alone(each.getKey()), each.getKey());
    }
    assertNull(LimpetCommand.alone("chekc"));
  }
}
