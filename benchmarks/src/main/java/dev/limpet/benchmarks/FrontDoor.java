package dev.limpet.benchmarks;

import dev.limpet.cli.demo.DemoClient;
import dev.limpet.cli.demo.LoopModule;
import dev.limpet.cli.up.Machine;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a gateway promises of load and of callers that leave: refusals in a moment while the work
 * inside keeps its pace, and guests that stop when their caller hangs up. Run by {@code
 * benchmarks/overload}, against a gateway and a node in processes of their own.
 */
public final class FrontDoor {
  private static final int CONNECTIONS = 500;
  private static final int CALLERS = 16;
  private static final int HANG_UPS = 50;
  private static final int WARM_UP = 5;

  private FrontDoor() {}

  /**
   * Measures and prints the table.
   *
   * @param arguments the checkout; {@code --quick} for two seconds a part instead of ten
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    boolean quick = Arrays.asList(arguments).contains("--quick");
    Path root = Path.of(arguments[0]);
    Path work = Files.createTempDirectory("limpet-bench-");
    System.out.println("| what | measured |\n| --- | --- |");
    Machine.Plan plan = new Machine.Plan(work.resolve("data"), "127.0.0.1", 0, 1);
    try (Machine machine = Machine.start(plan, _ -> {});
        DemoClient client = new DemoClient(machine)) {
      String hello = client.deploy(root.resolve("functions-examples/hello/hello.wasm")).cid();
      String endless = client.deploy("endless.wasm", LoopModule.bytes()).cid();
      hangUps(new HangUp(machine.gateway(), machine.node(1), "/fn/" + endless, HangUp.PATIENCE));
      URI gateway = machine.gateway();
      byte[] request = HttpConnection.get(gateway, "/fn/" + hello);
      new HttpLoad(gateway, "/fn/" + hello).run(1, quick ? 2 : 10);
      Overload overload = new Overload(gateway, request, quick ? 2 : 10, CONNECTIONS);
      System.out.print(overload.run(CALLERS).toRows());
    } finally {
      FolderTree.remove(work);
    }
  }

  private static void hangUps(HangUp hangUp) throws IOException {
    for (int i = 0; i < WARM_UP; i++) {
      long _ = hangUp.nanos();
    }
    long[] nanos = new long[HANG_UPS];
    for (int i = 0; i < HANG_UPS; i++) {
      nanos[i] = hangUp.nanos();
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "| a guest stops after its caller has left, half of %d and the slowest | %.1f ms, %.1f ms"
            + " |%n",
        HANG_UPS,
        nanos[HANG_UPS / 2] / 1e6,
        nanos[HANG_UPS - 1] / 1e6);
  }
}
