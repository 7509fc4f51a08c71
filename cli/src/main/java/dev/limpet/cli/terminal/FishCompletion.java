package dev.limpet.cli.terminal;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completion script for fish: one {@code complete} line for each command and option of the
 * model. A command is offered where exactly its parents were typed; files only where a file is
 * meant.
 */
public final class FishCompletion {
  /** Which commands were typed: the words of the line that are no options, up to the cursor. */
  private static final String FUNCTIONS =
      """
      function __limpet_typed
          set -l words (commandline -opc)
          set -e words[1]
          string match -v -- '-*' $words
      end
      function __limpet_at
          set -l typed (__limpet_typed)
          test "$typed" = "$argv"
      end
      function __limpet_in
          set -l typed (__limpet_typed)
          test (count $typed) -ge (count $argv); and test "$typed[1..$(count $argv)]" = "$argv"
      end
      """;

  private FishCompletion() {}

  /** The script of a whole command. */
  public static String of(CommandSpec root) {
    StringBuilder script = new StringBuilder("# Completion of " + root.name() + " for fish.\n");
    script.append(FUNCTIONS.replace("__limpet", "__" + root.name()));
    add(script, root, List.of());
    return script.toString();
  }

  private static void add(StringBuilder script, CommandSpec command, List<String> typed) {
    String at = condition(command, typed.isEmpty() ? "_at" : "_in", typed);
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        line(script, command, at, option(option));
      }
    }
    if (command.subcommands().isEmpty()) {
      arguments(script, command, at);
    }
    String here = condition(command, "_at", typed);
    for (Map.Entry<String, CommandLine> each : command.subcommands().entrySet()) {
      CommandSpec child = each.getValue().getCommandSpec();
      String description = first(child.usageMessage().description());
      line(script, command, here, "-f -a " + quoted(each.getKey()) + " -d " + quoted(description));
      List<String> below = new ArrayList<>(typed);
      below.add(each.getKey());
      add(script, child, below);
    }
  }

  /** Without this, fish offers files everywhere. */
  private static void arguments(StringBuilder script, CommandSpec command, String condition) {
    boolean files = command.positionalParameters().stream().anyMatch(FishCompletion::isFile);
    List<String> candidates = new ArrayList<>();
    command.positionalParameters().forEach(each -> candidates.addAll(candidates(each)));
    if (!files) {
      line(script, command, condition, ("-f " + offered(candidates)).strip());
    }
  }

  private static String condition(CommandSpec command, String function, List<String> typed) {
    String name = command.root().name();
    return typed.isEmpty()
        ? "__" + name + function
        : "__" + name + function + " " + String.join(" ", typed);
  }

  private static void line(
      StringBuilder script, CommandSpec command, String condition, String what) {
    script.append("complete -c ").append(command.root().name());
    script.append(" -n ").append(quoted(condition)).append(' ').append(what).append('\n');
  }

  private static String option(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : option.names()) {
      String bare = name.replaceFirst("^--?", "");
      words.append(name.startsWith("--") ? "-l " : "-s ").append(bare).append(' ');
    }
    if (option.arity().max() > 0) {
      words.append(isFile(option) ? "-r -F " : "-x " + offered(candidates(option)));
    }
    return words + "-d " + quoted(first(option.description()));
  }

  private static String offered(List<String> candidates) {
    return candidates.isEmpty() ? "" : "-a " + quoted(String.join(" ", candidates)) + " ";
  }

  private static List<String> candidates(ArgSpec argument) {
    List<String> all = new ArrayList<>();
    if (argument.completionCandidates() != null) {
      argument.completionCandidates().forEach(all::add);
    }
    return all;
  }

  private static boolean isFile(ArgSpec argument) {
    return argument.auxiliaryTypes().length > 0 && argument.auxiliaryTypes()[0].equals(Path.class);
  }

  private static String first(String[] lines) {
    return lines.length == 0 ? "" : lines[0].replace("%%", "%").replace('\n', ' ');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
