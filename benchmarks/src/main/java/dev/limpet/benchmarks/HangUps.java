package dev.limpet.benchmarks;

import dev.limpet.cli.demo.DemoClient;
import dev.limpet.cli.demo.LoopModule;
import dev.limpet.cli.up.Machine;
import dev.limpet.protocol.disk.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * How soon a guest stops when its caller hangs up, again and again. Run by {@code
 * benchmarks/hang-ups}, against a gateway and a node in processes of their own.
 */
public final class HangUps {
  private static final int COUNT = 50;
  private static final int WARM_UP = 5;

  private HangUps() {}

  /** Measures and prints the table. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("limpet-bench-");
    Machine.Plan plan = new Machine.Plan(work.resolve("data"), "127.0.0.1", 0, 1);
    try (Machine machine = Machine.start(plan, _ -> {});
        DemoClient client = new DemoClient(machine)) {
      String endless = client.deploy("endless.wasm", LoopModule.bytes()).cid();
      HangUp hangUp =
          new HangUp(machine.gateway(), machine.node(1), "/fn/" + endless, HangUp.PATIENCE);
      for (int i = 0; i < WARM_UP; i++) {
        long _ = hangUp.nanos();
      }
      print(sorted(hangUp));
    } finally {
      FolderTree.remove(work);
    }
  }

  private static long[] sorted(HangUp hangUp) throws IOException, InterruptedException {
    long[] nanos = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      nanos[i] = hangUp.nanos();
    }
    Arrays.sort(nanos);
    return nanos;
  }

  private static void print(long[] sorted) {
    System.out.println("| what | measured |\n| --- | --- |");
    System.out.printf(
        Locale.ROOT,
        "| a guest stops after its caller has left, half of %d and the slowest | %.1f ms, %.1f ms"
            + " |%n",
        COUNT,
        sorted[COUNT / 2] / 1e6,
        sorted[COUNT - 1] / 1e6);
  }
}
