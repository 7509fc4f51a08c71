package dev.limpet.gateway.call;

import static dev.limpet.gateway.call.Asking.get;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.protocol.NodeState;
import dev.limpet.testkit.wire.WireServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who waits for nodes that went silent and are asked, and until when. */
@Timeout(60)
class RecallsTest {
  /** Of these one takes less than a second, on any machine. */
  private static final int ATTEMPTS = 10;

  private final Semaphore answers = new Semaphore(0);

  @TempDir private Path folder;

  /** One that answers when it may, and notes when the connection of a question is closed. */
  private WireServer late(AtomicBoolean ended) {
    return CallsUnderTest.node(
        exchange -> {
          answers.acquireUninterruptibly();
          try {
            exchange.answer(412, "");
            exchange.awaitPeerGone();
          } finally {
            ended.set(true);
          }
        });
  }

  private static NodeState state(CallsUnderTest gateway, String name) {
    return Objects.requireNonNull(gateway.registry.find(name)).state();
  }

  @Test
  void nobody_waits_for_others_when_those_who_answered_will_do() {
    Promise<Boolean> first = Promise.promise();
    Promise<Boolean> second = Promise.promise();
    Promise<Boolean> never = Promise.promise();
    AtomicInteger here = new AtomicInteger();
    Future<Boolean> known =
        Recalls.enough(
            List.of(first.future(), never.future(), second.future()), () -> here.get() == 2);
    here.set(1);
    first.complete(true);
    assertFalse(known.isComplete(), "one is not enough");
    here.set(2);
    second.complete(false);
    assertFalse(known.isComplete(), "one that does not answer changes nothing");
    never.complete(true);
    assertTrue(known.result());
    Promise<Boolean> open = Promise.promise();
    assertTrue(Recalls.enough(List.of(open.future(), never.future()), () -> true).result());
    assertFalse(open.future().isComplete());
  }

  @Test
  void nobody_is_here_when_all_say_so_or_fail() {
    List<Future<Boolean>> asked =
        List.of(Future.succeededFuture(false), Future.failedFuture("no room"));
    assertFalse(Recalls.enough(asked, () -> true).result());
    assertFalse(Recalls.enough(List.of(), () -> true).result());
    assertTrue(Recalls.enough(List.of(Future.succeededFuture(true)), () -> false).result());
  }

  /**
   * The question to the one that has not answered is still open when the call has run at the other,
   * and so its answer counts. Where a call takes a second, time is up for it, and it is tried
   * again.
   */
  @Test
  void a_call_has_its_answer_from_who_is_back_before_another_has_said_anything() throws Exception {
    boolean counted = false;
    for (int attempt = 0; attempt < ATTEMPTS && !counted; attempt++) {
      AtomicBoolean ended = new AtomicBoolean();
      try (var late = late(ended);
          var well = CallsUnderTest.node(Asking::answerWell);
          var gateway = CallsUnderTest.open(folder.resolve("gateway" + attempt))) {
        gateway.join("late", late).holds();
        gateway.join("well", well).holds();
        gateway.deploy("hello");
        gateway.time.pass(Asking.SILENCE);
        gateway.registry.tick();
        assertEquals("well", get(gateway, "/fn/hello").header("Limpet-Node"));
        answers.release();
        await().until(() -> state(gateway, "late") == NodeState.SUSPECT || ended.get());
        counted = state(gateway, "late") == NodeState.SUSPECT;
      }
    }
    assertTrue(counted, "calls wait for who does not answer");
  }
}
