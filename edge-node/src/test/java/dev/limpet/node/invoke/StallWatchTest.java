package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.WallLift;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StallWatchTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Duration NEARLY = LIMIT.minusMillis(1);

  private final FakeAlarms alarms = new FakeAlarms();
  private final CancelToken cancel = new CancelToken();
  private final StallWatch watch = new StallWatch(LIMIT, alarms, cancel);

  private void began() {
    WallLift _ = watch.endless();
    watch.began();
  }

  /** A body whose sender sends a byte after that time. */
  private InputStream comesAfter(Duration time) {
    return new InputStream() {
      @Override
      public int read() {
        alarms.pass(time);
        return 1;
      }

      @Override
      public int read(byte[] target, int offset, int length) {
        target[offset] = (byte) read();
        return 1;
      }
    };
  }

  @Test
  void nothing_is_watched_before_the_answer_begins() {
    alarms.pass(LIMIT.multipliedBy(100));
    assertFalse(cancel.isCancelled());
  }

  @Test
  void an_answer_that_stands_still_is_cancelled_when_the_limit_is_over() {
    began();
    alarms.pass(NEARLY);
    assertFalse(watch.isStalled());
    alarms.pass(Duration.ofMillis(1));
    assertTrue(watch.isStalled());
    assertTrue(cancel.isCancelled());
    assertTrue(watch.problem().detail().contains("10000 ms"));
  }

  @Test
  void bytes_that_the_caller_takes_begin_the_limit_anew() {
    began();
    for (int i = 0; i < 100; i++) {
      alarms.pass(NEARLY);
      watch.moved();
    }
    assertFalse(cancel.isCancelled());
    alarms.pass(LIMIT);
    assertTrue(cancel.isCancelled());
  }

  @Test
  void bytes_that_the_guest_reads_do_too_but_not_reads_of_nothing() throws IOException {
    InputStream body = watch.watch(new ByteArrayInputStream(new byte[3]));
    began();
    alarms.pass(NEARLY);
    assertEquals(0, body.read());
    alarms.pass(NEARLY);
    assertEquals(1, body.read(new byte[9], 0, 1));
    alarms.pass(NEARLY);
    assertFalse(cancel.isCancelled());
    assertEquals(0, body.read(new byte[9], 0, 0));
    alarms.pass(Duration.ofMillis(1));
    assertTrue(cancel.isCancelled());
  }

  @Test
  void the_end_of_the_body_is_no_movement() throws IOException {
    InputStream body = watch.watch(InputStream.nullInputStream());
    began();
    alarms.pass(NEARLY);
    assertEquals(-1, body.read(new byte[9], 0, 9));
    alarms.pass(Duration.ofMillis(1));
    assertTrue(cancel.isCancelled());
  }

  @Test
  void after_the_end_nobody_looks() {
    began();
    watch.close();
    assertTrue(alarms.isEmpty());
    alarms.pass(LIMIT);
    assertFalse(cancel.isCancelled());
  }

  @Test
  void a_byte_of_the_body_has_the_limit_before_the_answer_begins() throws IOException {
    InputStream quick = watch.watch(comesAfter(NEARLY));
    for (int i = 0; i < 100; i++) {
      assertEquals(1, quick.read());
    }
    alarms.pass(LIMIT.multipliedBy(100));
    assertFalse(cancel.isCancelled(), "nobody waits");
    assertEquals(1, watch.watch(comesAfter(LIMIT)).read());
    assertTrue(cancel.isCancelled());
    assertTrue(watch.problem().detail().contains("the request stood still: for 10000 ms"));
  }

  @Test
  void an_answer_with_an_end_in_time_may_pause_but_its_reader_has_the_limit() {
    watch.began();
    for (int i = 0; i < 100; i++) {
      watch.waits();
      alarms.pass(NEARLY);
      watch.moved();
      alarms.pass(LIMIT.multipliedBy(2));
    }
    assertFalse(cancel.isCancelled());
    watch.waits();
    alarms.pass(LIMIT);
    assertTrue(cancel.isCancelled());
    assertTrue(watch.problem().detail().contains("the answer stood still"));
  }

  @Test
  void what_the_caller_sends_is_no_reading_of_an_answer_with_an_end_in_time() throws IOException {
    watch.began();
    watch.waits();
    assertEquals(1, watch.watch(comesAfter(NEARLY)).read());
    assertFalse(cancel.isCancelled());
    alarms.pass(Duration.ofMillis(1));
    assertTrue(cancel.isCancelled());
    assertTrue(watch.problem().detail().contains("the answer stood still"));
  }
}
