package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.terminal.FishCompletion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code limpet completion}: a script that teaches a shell our commands and options. */
@Command(
    name = "completion",
    description = "Print the completion script for a shell.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  source <(limpet completion bash)          in ~/.bashrc",
      "  source <(limpet completion zsh)           in ~/.zshrc, after compinit",
      "  limpet completion fish > ~/.config/fish/completions/limpet.fish"
    })
public final class CompletionCommand implements Callable<Integer> {
  private final Session session;

  /** The shells that there are scripts for. */
  enum Shell {
    BASH,
    ZSH,
    FISH
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "SHELL",
      description = "bash, zsh or fish.",
      completionCandidates = Candidates.Shells.class)
  private Shell shell = Shell.BASH;

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    CommandLine root = spec.root().commandLine();
    String name = spec.root().name();
    String script =
        switch (shell) {
          case BASH -> AutoComplete.bash(name, root);
          case ZSH -> zsh(AutoComplete.bash(name, root));
          case FISH -> FishCompletion.of(spec.root());
        };
    try {
      session.terminal().out().write(script.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new CliException(ExitCode.REFUSED, "not-written", "cannot write: " + e.getMessage());
    }
    return ExitCode.DONE.number();
  }

  /**
   * The script for bash in zsh, which gets {@code complete} by the first line, and has no {@code
   * compopt} to take the default back where no file is meant.
   */
  private static String zsh(String bash) {
    return "autoload -U +X bashcompinit && bashcompinit\n" + bash.replace(" -o default ", " ");
  }
}
