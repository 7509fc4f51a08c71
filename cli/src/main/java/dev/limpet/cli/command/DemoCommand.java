package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.demo.Demo;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.cli.up.Machine;
import dev.limpet.cli.up.Shutdown;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpet demo}: the main job on real data, in under a minute; nothing of it is left. */
@Command(
    name = "demo",
    description = "Show the main job on real data: start, add, deploy, call, fail, recover.",
    mixinStandardHelpOptions = true,
    footer = {"", "Exit code 0 only if every step did what it says. Example: limpet demo --keep"})
public final class DemoCommand implements Callable<Integer> {
  /** Lines of server logs that a failed demo shows. */
  private static final int MAX_LOG_LINES = 60;

  private final Session session;
  private final Deque<String> log = new ArrayDeque<>();

  @Option(names = "--keep", description = "Leave it running afterwards, and print URLs to try.")
  private boolean keep;

  DemoCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Path sources = sources();
    Path work = Files.createTempDirectory("limpet-demo-");
    Shutdown shutdown = Shutdown.onSignal();
    shutdown.alsoInterrupt(Thread.currentThread());
    try (Machine machine = Machine.start(new Machine.Plan(work, "127.0.0.1", 0, 2), this::log)) {
      new Demo(session.terminal(), sources, work).play(machine);
      if (keep) {
        keepRunning(machine, work, shutdown);
      }
    } catch (CliException | IllegalStateException e) {
      showLog();
      throw e;
    } finally {
      FolderTree.remove(work);
      shutdown.done();
    }
    return ExitCode.DONE.number();
  }

  private void keepRunning(Machine machine, Path work, Shutdown shutdown) {
    Terminal terminal = session.terminal();
    terminal.line(
        "Still running, with its data under " + work + "; Ctrl-C stops it and removes all. Try:");
    terminal.line(
        "  export LIMPET_GATEWAY=" + machine.gateway() + " LIMPET_NODE=" + machine.node(1));
    terminal.line("  limpet status; limpet nodes list; limpet functions list");
    terminal.line(
        "  limpet add README.md; limpet deploy functions-examples/hello/hello.wasm --name hello;"
            + " limpet call hello");
    shutdown.await();
  }

  private Path sources() {
    String root = session.terminal().environment("LIMPET_ROOT");
    Path data = Path.of(root, "functions-examples", "data");
    if (root.isEmpty() || !Files.isDirectory(data)) {
      throw new CliException(
          ErrorCode.NOT_FOUND,
          "the demo needs the checkout's functions-examples/: run ./limpet demo there");
    }
    return Path.of(root);
  }

  private synchronized void log(String line) {
    log.addLast(line);
    if (log.size() > MAX_LOG_LINES) {
      log.removeFirst();
    }
  }

  private synchronized void showLog() {
    log.forEach(session.terminal()::note);
  }
}
