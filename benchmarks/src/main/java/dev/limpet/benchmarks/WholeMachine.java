package dev.limpet.benchmarks;

import dev.limpet.cli.demo.DemoClient;
import dev.limpet.cli.demo.Flights;
import dev.limpet.cli.up.Machine;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Start, memory, warm calls and the first call of a module, measured from outside as a user has
 * them. Run by {@code benchmarks/machine}.
 */
public final class WholeMachine {
  private static final int CONNECTIONS = 16;

  private final Path root;
  private final Path work;
  private final int seconds;

  private WholeMachine(Path root, Path work, int seconds) {
    this.root = root;
    this.work = work;
    this.seconds = seconds;
  }

  /**
   * Measures and prints the table.
   *
   * @param arguments the checkout; {@code --quick} for two seconds a load instead of ten
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean quick = Arrays.asList(arguments).contains("--quick");
    Path work = Files.createTempDirectory("limpet-bench-");
    try {
      new WholeMachine(Path.of(arguments[0]), work, quick ? 2 : 10).run();
    } finally {
      FolderTree.remove(work);
    }
  }

  private void run() throws IOException, InterruptedException {
    System.out.println("| what | measured |\n| --- | --- |");
    long started = System.nanoTime();
    try (Machine machine = start();
        DemoClient client = new DemoClient(machine)) {
      row("start to ready, gateway and two nodes", millisSince(started) + " ms");
      memory("idle", machine);
      calls(machine, client);
      memory("after the load", machine);
    }
  }

  private Machine start() {
    return Machine.start(new Machine.Plan(work.resolve("data"), "127.0.0.1", 0, 2), _ -> {});
  }

  private void calls(Machine machine, DemoClient client) throws InterruptedException {
    Flights flights =
        Flights.unpack(
            root.resolve("functions-examples/data/nycflights13"), work.resolve("flights"));
    String data = client.add(1, flights.directory()).cid();
    String hello = client.deploy(root.resolve("functions-examples/hello/hello.wasm")).cid();
    String csv = client.deploy(root.resolve("functions-examples/csv/csv.wasm")).cid();
    String helloCall = "/fn/" + hello;
    String csvCall =
        "/on/" + data + "/2013-01.csv/-/" + csv + "?arg=by%3Dcarrier&arg=mean%3Darr_delay";
    row("first call of a new module, hello", client.get(helloCall).millis() + " ms");
    row("first call of a new module, csv on a month", client.get(csvCall).millis() + " ms");
    load("hello", machine.gateway(), helloCall);
    load("csv on a month (2.5 MB)", machine.gateway(), csvCall);
  }

  private void load(String what, URI gateway, String target) throws InterruptedException {
    HttpLoad load = new HttpLoad(gateway, target);
    load.run(CONNECTIONS, seconds);
    row("warm " + what + ", 1 connection", load.run(1, seconds).toString());
    row("warm " + what + ", 16 connections", load.run(CONNECTIONS, seconds).toString());
  }

  private static void memory(String when, Machine machine) throws IOException {
    List<Long> pids = machine.pids();
    row("resident memory " + when + ", gateway", resident(pids.getFirst()));
    row("resident memory " + when + ", node-1", resident(pids.get(1)));
  }

  private static String resident(long pid) throws IOException {
    return (long) ProcessMemory.residentMib(Long.toString(pid)) + " MiB";
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private static void row(String what, String value) {
    System.out.println("| " + what + " | " + value + " |");
  }
}
