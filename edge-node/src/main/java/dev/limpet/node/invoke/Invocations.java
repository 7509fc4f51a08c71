package dev.limpet.node.invoke;

import dev.limpet.node.log.LogKeeper;
import dev.limpet.node.log.LogRecord;
import dev.limpet.node.retrieval.DelegatedRouters;
import dev.limpet.node.retrieval.TrustlessGateways;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.protocol.trace.TraceContext;
import dev.limpet.wasmhost.Watchdog;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * Runs functions: permit, data, Task, module, guest, answer, in this order, each within what is
 * left of the call's time. Warm, a call compiles, decodes and resolves nothing; it allocates the
 * guest's memory, a few small objects, and the answer.
 */
public final class Invocations implements AutoCloseable {
  /** The longest time that a call may take, waiting and fetching included. */
  static final Duration MAX_CALL_TIME = Duration.ofHours(1);

  /** When to try again at a node that is stopping; by then another one has the call. */
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Admission admission;
  private final RunningInvocations running = new RunningInvocations();
  private final ScheduledThreadPoolExecutor timer;
  private final Watchdog watchdog = new Watchdog("limpet-answers");
  private final @Nullable SpanExporter spans;
  private final CarClient client;
  private final TrustlessGateways outside;
  private final CallTools tools;
  private final Copies copies;
  private final LogKeeper logs;
  private volatile boolean draining;

  /** Opens the service; it takes calls at once. */
  public Invocations(InvocationParts parts, Admission admission) {
    this(parts, admission, AnswerTimes.STANDARD);
  }

  /** As above with other bounds on how long answers wait. */
  public Invocations(InvocationParts parts, Admission admission, AnswerTimes answers) {
    this.admission = admission;
    this.logs = parts.logs();
    this.spans = parts.spans();
    this.timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("limpet-fetches").daemon().factory());
    timer.setRemoveOnCancelPolicy(true);
    this.client = new CarClient(timer);
    this.outside = new TrustlessGateways(parts.outside().gateways(), timer);
    Sources sources =
        new Sources(
            new Peers(client, parts.peers()),
            outside,
            new DelegatedRouters(parts.outside(), outside),
            parts.data());
    Inputs inputs = new Inputs(parts.data(), sources);
    this.copies = new Copies(parts.data(), inputs, sources, running, () -> draining);
    this.tools =
        new CallTools(
            parts.data(),
            inputs,
            new FunctionStore(parts, client),
            parts.sandbox(),
            new MemoCalls(parts.memo()),
            parts.receipts(),
            new HeldAnswer.Clock(Alarms.of(watchdog), answers.hold()),
            answers.maxStall());
  }

  /**
   * Runs one invocation and answers it.
   *
   * @param given the trace that it belongs to, or null
   * @throws LimpetException when nothing has been answered yet: it becomes the answer
   * @throws AnswerCutException when an answer was begun and must be cut
   * @throws IOException when the caller went away
   */
  public void run(
      Invocation invocation, CallerBody body, AnswerChannel channel, @Nullable TraceContext given)
      throws IOException {
    CallTimes times = new CallTimes();
    if (given == null) {
      run(invocation, body, channel, times);
      return;
    }
    CallTrace trace = new CallTrace(spans, given);
    boolean failed = true;
    try {
      ScopedValue.where(CallTrace.CURRENT, trace.context())
          .<@Nullable Void, IOException>call(
              () -> {
                run(invocation, body, channel, times);
                return null;
              });
      failed = false;
    } finally {
      trace.ended(invocation, times, failed);
    }
  }

  private void run(Invocation invocation, CallerBody body, AnswerChannel channel, CallTimes times)
      throws IOException {
    requireOpen();
    RequestRules.check(invocation, body.length());
    Duration time = Duration.ofMillis(Math.min(invocation.timeoutMs(), MAX_CALL_TIME.toMillis()));
    Deadline deadline = Deadline.in(time);
    admission.enter(time);
    try {
      times.admitted();
      run(running.start(invocation), new Asked(invocation, body, channel, deadline, times));
    } finally {
      admission.leave();
    }
  }

  private record Asked(
      Invocation invocation,
      CallerBody body,
      AnswerChannel channel,
      Deadline deadline,
      CallTimes times) {}

  private void run(RunningInvocation now, Asked asked) throws IOException {
    try {
      requireOpen();
      new Call(
              new Call.Request(
                  asked.invocation, asked.body, asked.channel, asked.deadline, now, asked.times),
              tools)
          .run();
      keep(now.ended(null));
    } catch (LimpetException e) {
      keep(now.ended(e.problem()));
      throw e;
    } catch (AnswerCutException e) {
      keep(now.ended(e.problem()));
      throw e;
    } catch (IOException e) {
      keep(now.ended(Problem.of(ErrorCode.CANCELLED, "the caller went away")));
      throw e;
    } finally {
      running.end(now); // after its log is kept, so that there is no gap
    }
  }

  private void keep(@Nullable LogRecord log) {
    if (log != null) {
      logs.keep(log.item(), log.log());
    }
  }

  private void requireOpen() {
    if (draining) {
      throw new LimpetException(
          Problem.of(ErrorCode.DRAINING, "this node is stopping").withRetryAfter(RETRY_AFTER));
    }
  }

  /** Cancels an Execution; false when it does not run here. */
  public boolean cancel(ExecutionId execution) {
    return running.cancel(execution);
  }

  /** The log of an Execution that runs, or whose log is kept; null when there is none. */
  public @Nullable LogRecord log(ExecutionId execution) {
    RunningInvocation now = running.find(execution);
    return now == null ? logs.find(execution) : now.now();
  }

  /** The functions that this node knows. */
  public FunctionStore functions() {
    return tools.functions();
  }

  /** Data that the gateway has this node fetch. */
  public Copies copies() {
    return copies;
  }

  /** How busy it is. */
  public Admission admission() {
    return admission;
  }

  /** Servers of data whose certificates were not believed when they were last asked, and why. */
  public Map<String, String> unbelieved() {
    return client.refused();
  }

  /** Takes no more calls; those that run go on. */
  public void drain() {
    draining = true;
  }

  /** Takes no more calls and cancels those that run. */
  @Override
  public void close() {
    draining = true;
    running.cancelAll();
    client.close();
    outside.close();
    timer.shutdownNow();
    watchdog.close();
  }
}
