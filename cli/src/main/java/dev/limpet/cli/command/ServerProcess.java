package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.Main;
import dev.limpet.cli.terminal.Terminal;
import dev.limpet.cli.up.Shutdown;
import dev.limpet.gateway.Gateway;
import dev.limpet.gateway.GatewayConfig;
import dev.limpet.node.Node;
import dev.limpet.node.NodeConfig;
import dev.limpet.protocol.LimpetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.logging.LogManager;

/** Runs one server until a signal, in the form that {@code limpet up} understands. */
final class ServerProcess {
  private ServerProcess() {}

  /**
   * A server that accepts calls.
   *
   * @param url where
   * @param server closed at the end: drains running calls
   * @param sick completes when it should be closed and started again
   */
  private record Running(URI url, AutoCloseable server, CompletableFuture<String> sick) {}

  /** Reads a configuration; what is wrong with it becomes one line and exit code 2. */
  static <T> T configure(Supplier<T> load) {
    try {
      return load.get();
    } catch (LimpetException e) {
      throw new CliException(e.code(), e.problem().detail());
    } catch (IllegalArgumentException e) {
      throw CliException.usage(String.valueOf(e.getMessage()));
    }
  }

  /** Libraries speak up only when something is wrong; a line an event. */
  private static void quietLibraries() {
    try (InputStream properties = Main.class.getResourceAsStream("logging.properties")) {
      LogManager.getLogManager().readConfiguration(properties);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot configure logging", e);
    }
  }

  /** Runs a node until a signal. */
  static int node(Terminal terminal, ServerLaunch launch) {
    NodeConfig config =
        configure(() -> NodeConfig.load(launch.config(), System.getenv(), launch.settings()));
    return run(
        terminal,
        launch,
        () -> {
          Node node = Node.start(config);
          node.tlsUrl().ifPresent(url -> terminal.note("also at " + url));
          // What nobody catches ends its thread without a word, and may be such an error.
          Thread.setDefaultUncaughtExceptionHandler((_, error) -> uncaught(node, error));
          return new Running(node.url(), node, node.sick());
        });
  }

  private static void uncaught(Node node, Throwable error) {
    System.getLogger(Node.class.getName()).log(Level.ERROR, "a thread ended with an error", error);
    node.report(error);
  }

  /** Runs a gateway until a signal. */
  static int gateway(Terminal terminal, ServerLaunch launch) {
    GatewayConfig config =
        configure(() -> GatewayConfig.load(launch.config(), System.getenv(), launch.settings()));
    return run(
        terminal,
        launch,
        () -> {
          Gateway gateway = Gateway.start(config);
          gateway.tlsUrl().ifPresent(url -> terminal.note("also at " + url));
          return new Running(gateway.url(), gateway, new CompletableFuture<>());
        });
  }

  /** Prints {@code ready URL}, waits for a signal or until it is sick, closes the server. */
  private static int run(Terminal terminal, ServerLaunch launch, Supplier<Running> start) {
    quietLibraries();
    Shutdown shutdown = Shutdown.onSignal();
    try {
      if (launch.supervised()) {
        shutdown.alsoAtEndOf(terminal.in());
      }
      Running running = start(start);
      if (launch.json()) {
        terminal.json(Map.of("ready", running.url().toString()));
      } else {
        terminal.line("ready " + running.url());
      }
      var _ = running.sick().thenRun(shutdown::ask);
      shutdown.await();
      running.server().close();
      return (running.sick().isDone() ? ExitCode.SICK : ExitCode.DONE).number();
    } catch (CliException e) {
      throw e;
    } catch (Exception e) {
      throw new CliException(ExitCode.INTERNAL, "not-stopped", "could not stop cleanly: " + e);
    } finally {
      shutdown.done();
    }
  }

  private static Running start(Supplier<Running> start) {
    try {
      return start.get();
    } catch (LimpetException e) {
      throw new CliException(e.code(), e.problem().detail());
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.REFUSED, "not-started", String.valueOf(e.getMessage()));
    }
  }
}
