package dev.limpet.cli.up;

import dev.limpet.cli.CliException;
import dev.limpet.cli.client.Credentials;
import dev.limpet.cli.client.ServerClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A gateway and its nodes on this machine, each a process with a folder of its own under one
 * directory.
 */
public final class Machine implements AutoCloseable {
  /** Nodes that one machine starts: each is a JVM of some hundred megabytes. */
  public static final int MAX_NODES = 64;

  private static final Duration JOIN_PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

  private final Plan plan;
  private final Consumer<String> log;
  private final Server gateway;
  private final List<Server> nodes = new ArrayList<>();

  /**
   * What to start.
   *
   * @param directory keeps {@code gateway/}, {@code node-1/}, ... and their optional {@code
   *     gateway.conf} and {@code node.conf}
   * @param host interface to listen on
   * @param port of the gateway; nodes take the ones after it; 0: free ports for all
   * @param nodes how many, 1 to {@link #MAX_NODES}
   */
  public record Plan(Path directory, String host, int port, int nodes) {
    /** Checks the ranges. */
    public Plan {
      if (nodes < 1 || nodes > MAX_NODES) {
        throw new IllegalArgumentException("1 to " + MAX_NODES + " nodes, not " + nodes);
      }
      if (port < 0 || port + nodes > 65_535) {
        throw new IllegalArgumentException("no room for " + nodes + " ports after " + port);
      }
    }
  }

  private Machine(Plan plan, Server gateway, Consumer<String> log) {
    this.plan = plan;
    this.gateway = gateway;
    this.log = log;
  }

  /**
   * Starts all and waits until each accepts calls.
   *
   * @param log gets every line that the processes log, with their name in front
   * @throws IllegalStateException when one does not start; the others are stopped
   */
  public static Machine start(Plan plan, Consumer<String> log) {
    Path directory = plan.directory;
    List<String> arguments = Role.GATEWAY.command();
    arguments.addAll(List.of("--dir", directory.resolve("gateway").toString()));
    addConfig(arguments, directory.resolve("gateway.conf"));
    String listen = plan.host + ":" + plan.port;
    Machine machine =
        new Machine(plan, Server.start(new Server.Launch("gateway", arguments, listen), log), log);
    try {
      machine.startNodes();
      machine.awaitJoined();
      return machine;
    } catch (RuntimeException e) {
      machine.close();
      throw e;
    }
  }

  private static void addConfig(List<String> arguments, Path file) {
    if (Files.exists(file)) {
      arguments.addAll(List.of("--config", file.toString()));
    }
  }

  /** All at once: most of a start is a JVM loading classes. */
  private void startNodes() {
    List<CompletableFuture<Server>> starting = new ArrayList<>();
    for (int i = 1; i <= plan.nodes; i++) {
      int number = i;
      starting.add(
          CompletableFuture.supplyAsync(() -> startNode(number), Thread::startVirtualThread));
    }
    @Nullable RuntimeException failure = null;
    for (CompletableFuture<Server> each : starting) {
      try {
        nodes.add(each.join());
      } catch (CompletionException e) {
        failure = e.getCause() instanceof RuntimeException cause ? cause : e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * Nodes accept calls before the gateway knows them; a machine is ready when it does. A node that
   * does not tell us, because it wants a token, is believed.
   */
  private void awaitJoined() {
    long deadline = System.nanoTime() + JOIN_PATIENCE.toNanos();
    for (Server node : nodes) {
      try (ServerClient client = new ServerClient(node.url(), "node", Credentials.NONE)) {
        while (!client.get("/v1/node").text("joined").equals("true")) {
          if (System.nanoTime() - deadline > 0) {
            throw new IllegalStateException(node.url() + " does not join the gateway");
          }
          LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
      } catch (CliException e) {
        log.accept(node.url() + " does not say whether it joined: " + e.detail());
      }
    }
  }

  private Server startNode(int number) {
    String name = "node-" + number;
    List<String> arguments = Role.NODE.command();
    arguments.addAll(List.of("--name", name));
    arguments.addAll(List.of("--dir", plan.directory.resolve(name).toString()));
    arguments.addAll(List.of("--gateway", gateway.url().toString()));
    addConfig(arguments, plan.directory.resolve("node.conf"));
    String listen = plan.host + ":" + (plan.port == 0 ? 0 : plan.port + number);
    return Server.start(new Server.Launch(name, arguments, listen), log);
  }

  /** Where callers go. */
  public URI gateway() {
    return gateway.url();
  }

  /** The URL of {@code node-1} and so on, from 1. */
  public URI node(int number) {
    return nodes.get(number - 1).url();
  }

  /** The process ids: gateway first. */
  public List<Long> pids() {
    List<Long> pids = new ArrayList<>(List.of(gateway.pid()));
    nodes.forEach(node -> pids.add(node.pid()));
    return pids;
  }

  /** Stops one node as SIGTERM does; {@link #restartNode} brings it back with its data. */
  public void stopNode(int number) {
    nodes.get(number - 1).stop();
  }

  /** Starts a stopped node on the port it had. */
  public void restartNode(int number) {
    nodes.set(number - 1, nodes.get(number - 1).again());
  }

  /** Stops the nodes, each with time for its running calls, then the gateway. */
  @Override
  public void close() {
    // Ctrl-C reaches all processes of a terminal at once: none of them starts again meanwhile.
    gateway.startNoMore();
    nodes.forEach(Server::startNoMore);
    List<Thread> stopping = new ArrayList<>();
    for (Server node : nodes) {
      stopping.add(Thread.ofVirtual().start(node::stop));
    }
    for (Thread thread : stopping) {
      join(thread);
    }
    gateway.stop();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
