package dev.limpet.node.invoke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private static void refused(Admission admission, Duration deadline) {
    LimpetException e = assertThrows(LimpetException.class, () -> admission.enter(deadline));
    assertEquals(ErrorCode.OVERLOADED, e.code());
    assertTrue(e.problem().retryAfterSeconds().isPresent());
  }

  @Test
  void who_finds_no_place_waits_a_moment_and_is_then_refused() {
    Admission admission = new Admission(new Admission.Limits(1, 1, Duration.ofMillis(50)));
    admission.enter(LONG);
    assertEquals(1, admission.running());
    refused(admission, LONG);
    refused(admission, Duration.ofMillis(1));
    assertEquals(0, admission.waiting());
    admission.leave();
    admission.enter(LONG);
  }

  @Test
  void who_finds_no_place_to_wait_is_refused_at_once() throws Exception {
    Admission admission = new Admission(new Admission.Limits(1, 1, LONG));
    admission.enter(LONG);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> waiting = threads.submit(() -> admission.enter(LONG));
      Awaitility.await().until(() -> admission.waiting() == 1);
      refused(admission, LONG);
      admission.leave();
      waiting.get();
      assertEquals(1, admission.running());
    }
  }
}
