package dev.limpet.node.rpc;

import static dev.limpet.testkit.patience.Patience.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ToldWorkTest {
  private static final int ROOM = 10;

  private final List<Integer> written = new ArrayList<>();

  @Test
  void what_is_told_is_written_in_its_order_and_the_result_comes_back() {
    ToldWork<Integer> work = new ToldWork<>(ROOM, Duration.ofDays(1));
    String result =
        work.run(
            told -> {
              IntStream.range(0, 1000).forEach(told::accept);
              return "done";
            },
            written::add);
    assertEquals("done", result);
    assertEquals(IntStream.range(0, 1000).boxed().toList(), written);
    assertEquals(0, work.untold());
  }

  @Test
  void work_ends_though_nobody_reads_and_says_how_much_it_kept_to_itself() {
    CountDownLatch workHasEnded = new CountDownLatch(1);
    ToldWork<Integer> work = new ToldWork<>(ROOM, Duration.ZERO);
    Integer _ =
        work.run(
            told -> {
              IntStream.range(0, 100).forEach(told::accept);
              workHasEnded.countDown();
              return 0;
            },
            value -> {
              await(workHasEnded); // a reader who stands still
              written.add(value);
            });
    assertEquals(IntStream.range(0, written.size()).boxed().toList(), written, "no gap");
    assertEquals(100, written.size() + work.untold());
    assertTrue(work.untold() >= 100 - ROOM - 1, () -> work.untold() + " were not told");
  }

  @Test
  void a_caller_who_goes_does_not_end_the_work() {
    ToldWork<Integer> work = new ToldWork<>(ROOM, Duration.ofDays(1));
    int result =
        work.run(
            told -> {
              IntStream.range(0, 1000).forEach(told::accept);
              return 1000;
            },
            value -> {
              written.add(value);
              throw new IOException("gone");
            });
    assertEquals(1000, result);
    assertEquals(List.of(0), written);
  }

  @Test
  void what_the_work_throws_is_thrown_when_all_that_it_told_is_written() {
    IllegalArgumentException thrown = new IllegalArgumentException("no");
    ToldWork<Integer> work = new ToldWork<>(ROOM, Duration.ofDays(1));
    IllegalArgumentException seen =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                work.run(
                    told -> {
                      told.accept(1);
                      throw thrown;
                    },
                    written::add));
    assertSame(thrown, seen);
    assertEquals(List.of(1), written);
  }
}
