package dev.limpet.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Work that several want at the same time. */
class SharedWorkTest {
  private final SharedWork<String, Integer> work = new SharedWork<>();
  private final List<Promise<Integer>> begun = new ArrayList<>();

  private Future<Integer> want(String key) {
    return work.of(
        key,
        () -> {
          begun.add(Promise.promise());
          return begun.getLast().future();
        });
  }

  @Test
  void who_wants_what_runs_gets_what_comes_of_it_and_later_ones_begin_anew() {
    Future<Integer> first = want("a");
    Future<Integer> second = want("a");
    assertEquals(1, begun.size());
    begun.getFirst().complete(7);
    assertEquals(7, first.result());
    assertEquals(7, second.result());
    Future<Integer> third = want("a");
    assertEquals(2, begun.size());
    begun.getLast().fail("broken");
    assertTrue(third.failed());
    want("a");
    assertEquals(3, begun.size());
  }

  @Test
  void what_others_want_is_work_of_its_own() {
    want("a");
    want("b");
    assertEquals(2, begun.size());
  }
}
