package dev.limpet.node.invoke;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.MemoWish;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.GuestLog;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers of equal Tasks have of each other. */
@Timeout(60)
class MemoCallsTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Cid TASK = Cid.of(Multicodec.DAG_CBOR, new byte[] {1});

  @TempDir private Path dir;
  private AnswerMemo memo;
  private MemoCalls calls;

  @BeforeEach
  void start() {
    memo = AnswerMemo.open(dir, 1 << 20, _ -> true);
    calls = new MemoCalls(memo);
  }

  @AfterEach
  void stop() {
    memo.close();
  }

  private final CancelToken first = new CancelToken();
  private final CancelToken second = new CancelToken();

  private Recorder leader() {
    MemoCalls.Turn turn = calls.turn(TASK, MemoWish.USE, Deadline.in(LONG), first);
    return assertInstanceOf(MemoCalls.Turn.Run.class, turn).recorder();
  }

  private CompletableFuture<MemoCalls.Turn> other(CancelToken cancel, Duration time) {
    int before = calls.waiting(TASK);
    CompletableFuture<MemoCalls.Turn> turn =
        CompletableFuture.supplyAsync(
            () -> calls.turn(TASK, MemoWish.USE, Deadline.in(time), cancel),
            task -> Thread.ofVirtual().start(task));
    await().until(() -> turn.isDone() || calls.waiting(TASK) > before);
    return turn;
  }

  private static ExecutionResult result(Outcome outcome) {
    Usage.Times times = new Usage.Times(Duration.ZERO, Duration.ZERO, Duration.ZERO);
    return new ExecutionResult(outcome, new Usage(1, 1, 1, GuestLog.EMPTY, times, null));
  }

  private static FailedRun failed(Outcome outcome) {
    return new FailedRun(result(outcome), TASK);
  }

  private static void answers(Recorder recorder, OutputStream to, String text) throws IOException {
    recorder.through(to).write(text.getBytes(StandardCharsets.UTF_8));
    AnswerHead head =
        new AnswerHead(
            ExecutionId.random(), TASK, -1, "text/x", List.of(), 200, List.of(), MemoState.MISS);
    recorder.succeeded(head, result(new Outcome.Completed(0)), null);
  }

  private static String text(MemoCalls.Turn turn) {
    byte[] body = assertInstanceOf(MemoCalls.Turn.Hit.class, turn).answer().body();
    return new String(body, StandardCharsets.UTF_8);
  }

  @Test
  void they_run_once_and_all_get_the_answer() throws IOException {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    CompletableFuture<MemoCalls.Turn> two = other(new CancelToken(), LONG);
    answers(leader, OutputStream.nullOutputStream(), "done");
    assertEquals("done", text(one.join()));
    assertEquals("done", text(two.join()));
    assertEquals("done", text(calls.turn(TASK, MemoWish.USE, Deadline.in(LONG), second)));
  }

  @Test
  void the_run_goes_on_for_others_when_its_first_caller_leaves_and_stops_with_the_last() {
    Recorder leader = leader();
    CancelToken run = leader.cancelOf(first);
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    CompletableFuture<MemoCalls.Turn> two = other(new CancelToken(), Duration.ofMillis(50));
    first.cancel();
    assertFalse(run.isCancelled());
    assertEquals(ErrorCode.OUT_OF_TIME, failure(two));
    assertFalse(run.isCancelled());
    second.cancel();
    assertEquals(ErrorCode.CANCELLED, failure(one));
    assertTrue(run.isCancelled());
  }

  private static ErrorCode failure(CompletableFuture<MemoCalls.Turn> turn) {
    CompletionException e = assertThrows(CompletionException.class, turn::join);
    return assertInstanceOf(LimpetException.class, e.getCause()).code();
  }

  @Test
  void the_run_stops_when_its_only_caller_leaves() {
    CancelToken run = leader().cancelOf(first);
    first.cancel();
    assertTrue(run.isCancelled());
  }

  @Test
  void an_answer_whose_first_caller_broke_off_is_whole_for_the_others() throws IOException {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("gone");
          }
        };
    answers(leader, broken, "whole");
    assertEquals("whole", text(one.join()));
    Recorder alone = new Recorder(calls, TASK, null);
    assertThrows(IOException.class, () -> alone.through(broken).write(1));
  }

  @Test
  void a_failure_of_the_first_callers_own_lets_the_others_run_it() {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    leader.failed(failed(new Outcome.OutOfTime()), null);
    assertInstanceOf(MemoCalls.Turn.Run.class, one.join());
  }

  @Test
  void a_run_that_had_all_its_time_fails_who_waited_as_long_and_nobody_who_came_late() {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> late = other(second, LONG);
    leader.failed(failed(new Outcome.OutOfTime()), LONG);
    MemoCalls.Turn.Run run = assertInstanceOf(MemoCalls.Turn.Run.class, late.join(), "came late");
    CompletableFuture<MemoCalls.Turn> early = other(new CancelToken(), LONG);
    run.recorder().failed(failed(new Outcome.OutOfTime()), Duration.ZERO);
    assertInstanceOf(MemoCalls.Turn.Failed.class, early.join(), "waited for all of that time");
    assertInstanceOf(
        MemoCalls.Turn.Run.class,
        calls.turn(TASK, MemoWish.USE, Deadline.in(LONG), first),
        "time is not kept");
  }

  @Test
  void who_came_a_little_after_a_run_that_had_all_its_time_fails_with_it() {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> little = other(second, LONG);
    long beganNanos = System.nanoTime();
    await().until(() -> System.nanoTime() - beganNanos > Duration.ofMillis(300).toNanos());
    Duration waited = Duration.ofNanos(System.nanoTime() - beganNanos);
    leader.failed(failed(new Outcome.OutOfTime()), waited.multipliedBy(3).dividedBy(2));
    assertInstanceOf(MemoCalls.Turn.Failed.class, little.join());
  }

  @Test
  void a_trap_is_everybodys_and_kept_for_a_moment() {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    leader.failed(failed(new Outcome.Trapped("unreachable")), null);
    assertInstanceOf(MemoCalls.Turn.Failed.class, one.join());
    assertInstanceOf(
        MemoCalls.Turn.Failed.class, calls.turn(TASK, MemoWish.USE, Deadline.in(LONG), first));
  }

  @Test
  void nobody_waits_for_a_stream_or_for_an_answer_that_is_too_long() throws IOException {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    leader.shareNoMore();
    assertInstanceOf(MemoCalls.Turn.Run.class, one.join());
    Recorder next = leader();
    CompletableFuture<MemoCalls.Turn> two = other(second, LONG);
    OutputStream out = next.through(OutputStream.nullOutputStream());
    out.write(new byte[AnswerMemo.MAX_MEMO_ANSWER_BYTES]);
    assertFalse(two.isDone());
    out.write(1);
    assertInstanceOf(MemoCalls.Turn.Run.class, two.join());
  }

  @Test
  void who_wants_a_run_waits_for_nobody() {
    leader();
    assertInstanceOf(
        MemoCalls.Turn.Run.class, calls.turn(TASK, MemoWish.NO_CACHE, Deadline.in(LONG), second));
  }

  @Test
  void a_run_that_never_was_lets_the_others_go() {
    Recorder leader = leader();
    CompletableFuture<MemoCalls.Turn> one = other(second, LONG);
    leader.close();
    assertInstanceOf(MemoCalls.Turn.Run.class, one.join());
  }
}
