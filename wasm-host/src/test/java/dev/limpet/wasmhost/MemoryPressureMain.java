package dev.limpet.wasmhost;

import dev.limpet.wasmgate.SampleModules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/** Sixteen guests at a time grow to their limit, and a neighbour keeps asking for hello. */
final class MemoryPressureMain {

  private static final int GUESTS = 16;
  private static final int ROUNDS = 3;
  private static final Duration WALL = Duration.ofMinutes(2);

  private MemoryPressureMain() {}

  /** Prints the outcomes and their numbers, one on a line. */
  public static void main(String[] arguments) throws Exception {
    long budget = Runtime.getRuntime().maxMemory() / 2;
    try (TestSandbox sandbox = TestSandbox.open(GUESTS + 4, budget);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      AtomicBoolean growing = new AtomicBoolean(true);
      Future<Map<String, Integer>> neighbour =
          callers.submit(
              () -> {
                Map<String, Integer> seen = new TreeMap<>();
                while (growing.get()) {
                  count(seen, "neighbour " + sandbox.run(SampleModules.hello(), spec()).outcome());
                }
                return seen;
              });
      Map<String, Integer> seen = new TreeMap<>();
      for (int round = 0; round < ROUNDS; round++) {
        List<Future<Outcome>> guests = new ArrayList<>();
        for (int i = 0; i < GUESTS; i++) {
          byte[] wasm =
              i % 2 == 0 ? SampleModules.growsThenTraps() : SampleModules.growsThenExits();
          guests.add(callers.submit(() -> sandbox.run(wasm, spec()).outcome()));
        }
        for (Future<Outcome> guest : guests) {
          count(seen, "guest " + guest.get());
        }
      }
      growing.set(false);
      seen.putAll(neighbour.get());
      seen.forEach((outcome, times) -> System.out.println(outcome + " " + times));
    }
  }

  /** A busy machine may take its time: what ends a guest here is memory. */
  private static ExecutionSpec.Builder spec() {
    return ExecutionSpec.builder().wall(WALL);
  }

  private static void count(Map<String, Integer> seen, String outcome) {
    seen.merge(outcome, 1, Integer::sum);
  }
}
