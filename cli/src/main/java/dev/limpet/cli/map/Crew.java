package dev.limpet.cli.map;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Does the same to many things, some at a time.
 *
 * @param size how many at a time
 */
record Crew(int size) {
  /**
   * What {@code work} makes of each, in their order.
   *
   * @throws CliException the first that {@code work} throws; what is under way is interrupted then,
   *     and the rest is not begun. Also when this thread is interrupted
   */
  <I, O> List<O> each(List<I> inputs, Function<I, O> work) {
    try (ExecutorService threads =
        Executors.newFixedThreadPool(size, Thread.ofVirtual().name("limpet-map").factory())) {
      try {
        List<Future<O>> futures = new ArrayList<>(inputs.size());
        for (I input : inputs) {
          futures.add(threads.submit(() -> work.apply(input)));
        }
        List<O> outputs = new ArrayList<>(inputs.size());
        for (Future<O> future : futures) {
          outputs.add(future.get());
        }
        return outputs;
      } catch (ExecutionException e) {
        threads.shutdownNow();
        if (e.getCause() instanceof CliException failure) {
          throw failure;
        }
        throw new IllegalStateException("a call broke", e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw new CliException(ExitCode.INTERRUPTED, "interrupted", "interrupted");
      }
    }
  }
}
