package dev.limpet.node.link;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SessionTokenTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final SessionToken token = new SessionToken();

  /** Somebody who waits for one that is not {@code refused}. */
  private FutureTask<@Nullable String> waiting(@Nullable String refused) {
    FutureTask<@Nullable String> wait = new FutureTask<>(() -> token.newest(refused, LONG));
    Thread thread = Thread.ofPlatform().daemon().start(wait);
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return wait;
  }

  @Test
  void is_the_newest_and_waits_for_nothing_when_there_is_one() throws Exception {
    token.begins("first");
    token.begins("second");
    assertEquals("second", token.newest(null, Duration.ZERO));
    assertEquals("second", token.newest("first", Duration.ZERO));
  }

  @Test
  void is_waited_for_until_it_comes() throws Exception {
    FutureTask<@Nullable String> wait = waiting(null);
    token.begins("first");
    assertEquals("first", wait.get());
    FutureTask<@Nullable String> next = waiting("first");
    token.begins("second");
    assertEquals("second", next.get());
  }

  @Test
  void is_none_when_it_does_not_come_in_time() throws Exception {
    assertNull(token.newest(null, Duration.ZERO));
    token.begins("first");
    assertNull(token.newest("first", Duration.ofMillis(1)));
  }

  @Test
  void is_not_waited_for_when_the_node_stops() throws Exception {
    FutureTask<@Nullable String> wait = waiting(null);
    token.end();
    assertNull(wait.get());
    assertNull(token.newest(null, LONG));
    token.begins("first");
    assertEquals("first", token.newest(null, Duration.ZERO), "it may finish what runs");
  }
}
