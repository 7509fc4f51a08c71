package dev.limpet.cli.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The completion script for fish: one {@code complete} line for each command and option of the
 * model. A command is offered where its parents were typed and none of its siblings was.
 */
public final class FishCompletion {
  private static final String SEEN = "__fish_seen_subcommand_from ";

  private FishCompletion() {}

  /** The script of a whole command. */
  public static String of(CommandSpec root) {
    StringBuilder script = new StringBuilder("# Completion of " + root.name() + " for fish.\n");
    add(script, root.name(), root, List.of());
    return script.toString();
  }

  private static void add(
      StringBuilder script, String program, CommandSpec command, List<String> typed) {
    List<String> names = new ArrayList<>(command.subcommands().keySet());
    String here = condition(typed, names);
    for (OptionSpec option : command.options()) {
      if (!option.hidden()) {
        String where = typed.isEmpty() ? here : condition(typed, List.of());
        line(script, program, where, option(option));
      }
    }
    for (Map.Entry<String, CommandLine> each : command.subcommands().entrySet()) {
      CommandSpec child = each.getValue().getCommandSpec();
      String description = first(child.usageMessage().description());
      line(script, program, here, "-f -a " + quoted(each.getKey()) + " -d " + quoted(description));
      List<String> below = new ArrayList<>(typed);
      below.add(each.getKey());
      add(script, program, child, below);
    }
  }

  private static void line(StringBuilder script, String program, String condition, String what) {
    script.append("complete -c ").append(program);
    if (!condition.isEmpty()) {
      script.append(" -n ").append(quoted(condition));
    }
    script.append(' ').append(what).append('\n');
  }

  private static String condition(List<String> typed, List<String> notTyped) {
    List<String> parts = new ArrayList<>();
    typed.forEach(name -> parts.add(SEEN + name));
    if (!notTyped.isEmpty()) {
      parts.add("not " + SEEN + String.join(" ", notTyped));
    }
    return String.join("; and ", parts);
  }

  private static String option(OptionSpec option) {
    StringBuilder words = new StringBuilder();
    for (String name : option.names()) {
      String bare = name.replaceFirst("^--?", "");
      words.append(name.startsWith("--") ? "-l " : "-s ").append(bare).append(' ');
    }
    if (option.arity().max() > 0) {
      words.append("-r ");
    }
    return words + "-d " + quoted(first(option.description()));
  }

  private static String first(String[] lines) {
    return lines.length == 0 ? "" : lines[0].replace("%%", "%").replace('\n', ' ');
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
