package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Session;
import dev.limpet.cli.up.Machine;
import dev.limpet.cli.up.Shutdown;
import dev.limpet.protocol.ListenAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code limpet up}: a gateway and nodes of one machine, in the foreground. */
@Command(
    name = "up",
    description = "Start and supervise a gateway and nodes on this machine, in the foreground.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Prints 'ready http://HOST:PORT' when all accept calls. Ctrl-C or SIGTERM stops all.",
      "Example: limpet up --nodes 2 --dir ./data"
    })
public final class UpCommand implements Callable<Integer> {
  private final Session session;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      description = "How many nodes (default: ${DEFAULT-VALUE}).")
  private int nodes = 1;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description =
          "The gateway's address; nodes take the next ports; port 0 takes free ones (default:"
              + " ${DEFAULT-VALUE}).")
  private String listen = "127.0.0.1:8640";

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where all data lives (default: ~/.limpet).")
  private Path directory = Path.of(System.getProperty("user.home"), ".limpet");

  @Option(names = "--json", description = "Print {\"ready\":URL,...} instead of 'ready URL'.")
  private boolean json;

  UpCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Machine.Plan plan = plan();
    Shutdown shutdown = Shutdown.onSignal();
    shutdown.abandonUntilReady();
    try {
      try (Machine machine = start(plan)) {
        shutdown.ready();
        announce(machine);
        shutdown.await();
        session.terminal().note("stopping: running calls have 10 s to end");
      }
      shutdown.doneAsAsked();
    } finally {
      shutdown.done();
    }
    return ExitCode.DONE.number();
  }

  private void announce(Machine machine) {
    Map<String, String> urls = new LinkedHashMap<>();
    for (int i = 1; i <= nodes; i++) {
      urls.put("node-" + i, machine.node(i).toString());
    }
    if (json) {
      session.terminal().json(Map.of("ready", machine.gateway().toString(), "nodes", urls));
    } else {
      urls.forEach((name, url) -> session.terminal().note(name + " at " + url));
      session.terminal().line("ready " + machine.gateway());
    }
  }

  private Machine start(Machine.Plan plan) {
    try {
      return Machine.start(plan, session.terminal()::note);
    } catch (IllegalStateException e) {
      throw new CliException(ExitCode.REFUSED, "not-started", String.valueOf(e.getMessage()));
    }
  }

  private Machine.Plan plan() {
    ListenAddress at;
    try {
      at = ListenAddress.parse(listen);
    } catch (IllegalArgumentException e) {
      throw CliException.usage(
          "--listen takes HOST:PORT, with an IPv6 address in brackets, not '" + listen + "'");
    }
    try {
      Path data = directory.toAbsolutePath().normalize();
      return new Machine.Plan(data, at.host(), at.port(), nodes);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("cannot start that: " + e.getMessage());
    }
  }
}
