package dev.limpet.node.invoke;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may write to a caller when an answer begins to leave while its call fails. */
@Timeout(60)
class HeldAnswerTest {
  private static final Set<Thread.State> STANDING =
      EnumSet.of(Thread.State.BLOCKED, Thread.State.WAITING, Thread.State.TERMINATED);

  private final FakeAlarms alarms = new FakeAlarms();
  private final Channel channel = new Channel();
  private final AtomicBoolean lost = new AtomicBoolean();

  /** A channel that begins when the test lets it. */
  private static final class Channel extends RecordedAnswer {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch let = new CountDownLatch(1);

    @Override
    public OutputStream stream(AnswerHead head) throws IOException {
      asked.countDown();
      try {
        let.await();
      } catch (InterruptedException e) {
        throw new IOException("interrupted", e);
      }
      return super.stream(head);
    }
  }

  private static final class NoProgress implements HeldAnswer.Progress {
    @Override
    public void began() {}

    @Override
    public void waits() {}

    @Override
    public void moved() {}
  }

  private HeldAnswer held(String text) throws IOException {
    AnswerHead head =
        new AnswerHead(
            ExecutionId.random(),
            Cid.of(Multicodec.RAW, new byte[0]),
            -1,
            "text/plain",
            List.of(),
            200,
            List.of(),
            MemoState.MISS);
    HeldAnswer answer =
        new HeldAnswer(
            channel,
            head,
            new HeldAnswer.Clock(alarms, Duration.ofMillis(40)),
            new NoProgress(),
            () -> lost.set(true));
    answer.write(text.getBytes(StandardCharsets.UTF_8));
    return answer;
  }

  @Test
  void who_cannot_drop_an_answer_finds_it_begun() throws Exception {
    HeldAnswer answer = held("leaves");
    alarms.pass(Duration.ofMillis(40));
    channel.asked.await(); // the flush is between its decision and the channel
    FutureTask<Boolean> begun = new FutureTask<>(() -> !answer.drop() && channel.isBegun());
    Thread fails = Thread.ofPlatform().start(begun);
    await().until(() -> STANDING.contains(fails.getState()));
    channel.let.countDown();
    assertTrue(begun.get(), "an error would be written beside the flush");
    await().until(() -> channel.text().equals("leaves"));
  }

  @Test
  void what_was_dropped_never_leaves() throws Exception {
    channel.let.countDown();
    HeldAnswer answer = held("dropped");
    assertTrue(answer.drop());
    assertTrue(answer.drop(), "still");
    assertTrue(alarms.isEmpty());
    assertThrows(IOException.class, () -> answer.write(new byte[HeldAnswer.MAX_HELD_BYTES + 1]));
    assertFalse(channel.isBegun());
    assertEquals("", channel.text());
    assertFalse(lost.get());
  }
}
