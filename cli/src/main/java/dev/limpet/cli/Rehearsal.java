package dev.limpet.cli;

import dev.limpet.cli.terminal.Terminal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Does once what people do in the first minute of a machine, so that its gateway, its node and this
 * process can record which classes that takes: {@code ./limpet} makes its AOT caches of the
 * records.
 */
public final class Rehearsal {
  private final Path examples;
  private final Terminal terminal;

  private Rehearsal(Path examples, Terminal terminal) {
    this.examples = examples;
    this.terminal = terminal;
  }

  /** Arguments: the URLs of a gateway and of its node, and the folder of the example functions. */
  public static void main(String[] arguments) throws IOException {
    Terminal silent =
        new Terminal(
            OutputStream.nullOutputStream(),
            System.err,
            new ByteArrayInputStream(new byte[0]),
            Map.of("LIMPET_GATEWAY", arguments[0]));
    Path file = Files.createTempFile("limpet-rehearsal", ".csv");
    try {
      Files.writeString(file, "a,b\n1,2\n3,4\n", StandardCharsets.UTF_8);
      new Rehearsal(Path.of(arguments[2]), silent).act(arguments[1], file.toString());
    } finally {
      Files.delete(file);
    }
    System.exit(ExitCode.DONE.number());
  }

  /** A function of each kind, deployed and called: command, raw and http. */
  private void act(String node, String file) {
    run("--version");
    run("deploy", example("hello", "hello.wasm"), "--name", "hello");
    run("deploy", example("sum", "limpet.json"), "--name", "sum");
    run("deploy", example("echo", "limpet.json"), "--name", "echo");
    run("add", file, "--node", node, "--json");
    run("call", "hello", "--", "world");
    run("call", "sum", "--body", file);
    run("call", "echo", "--body", file);
    run("status");
    run("nodes", "list");
  }

  private String example(String name, String file) {
    return examples.resolve(name).resolve(file).toString();
  }

  private void run(String... command) {
    int exit = Main.run(terminal, command);
    if (exit != ExitCode.DONE.number()) {
      throw new IllegalStateException(command[0] + " came to " + exit);
    }
  }
}
