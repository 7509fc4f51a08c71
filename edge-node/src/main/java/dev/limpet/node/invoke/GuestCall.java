package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Task;
import dev.limpet.wasmhost.CancelToken;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Script;
import dev.limpet.wasmhost.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of a call in which its function runs. */
final class GuestCall {
  private static final String PROGRAM = "function";
  private static final String DATA = "LIMPET_DATA";

  private final Call.Request request;
  private final CallTools tools;
  private final BlockCounter blocks;
  private final FetchMeter fetched;
  private final Begun begun;
  private final @Nullable Recorder recorder;
  private boolean ownTime;

  /**
   * What it runs on.
   *
   * @param blocks what it reads, counted
   * @param fetched what came from elsewhere for it
   */
  record Ground(CallTools tools, BlockCounter blocks, FetchMeter fetched) {}

  /**
   * Prepares a run.
   *
   * @param recorder takes the answer down, or null when it is not kept
   */
  GuestCall(Call.Request request, Ground ground, Begun begun, @Nullable Recorder recorder) {
    this.request = request;
    this.tools = ground.tools;
    this.blocks = ground.blocks;
    this.fetched = ground.fetched;
    this.begun = begun;
    this.recorder = recorder;
  }

  /** Runs the function and answers. */
  void run() throws IOException {
    KnownFunction function = begun.function();
    CompiledModule module = tools.functions().modules().ready(function, request.deadline());
    Script script = tools.functions().scripts().ready(function, request.deadline());
    request.times().loaded();
    request.deadline().check("before the function ran");
    CancelToken caller = request.running().cancel();
    try (StallWatch watch = new StallWatch(tools.maxStall(), tools.clock().alarms(), caller)) {
      ExecutionSpec.Builder spec =
          spec(watch).cancel(recorder == null ? caller : recorder.cancelOf(caller));
      if (script != null) {
        spec.script(script);
      }
      if (function.manifest().effectiveAbi() == Abi.HTTP) {
        executeHttp(module, spec.wallLift(watch.endless()), watch);
      } else {
        execute(module, spec, watch);
      }
    }
  }

  /** Those that no call changes. */
  static List<String> fixedArguments(KnownFunction function) {
    List<String> arguments = new ArrayList<>();
    arguments.add(PROGRAM);
    arguments.addAll(function.manifest().args());
    return arguments;
  }

  private ExecutionSpec.Builder spec(StallWatch watch) {
    KnownFunction function = begun.function();
    List<ResolvedInput> inputs = begun.inputs();
    List<String> arguments = fixedArguments(function);
    boolean http = function.manifest().effectiveAbi() == Abi.HTTP;
    if (!http) {
      arguments.addAll(request.invocation().arguments());
    }
    Map<String, String> environment = new LinkedHashMap<>(function.manifest().env());
    environment.put("LIMPET_FUNCTION", function.cid().toString());
    for (int i = 0; i < inputs.size(); i++) {
      environment.put(i == 0 ? DATA : DATA + i, inputs.get(i).cid().toString());
    }
    if (http) {
      environment.putAll(
          CgiVariables.of(request.invocation(), begun.task().task(), request.body().length()));
    }
    Duration left = request.deadline().left();
    ownTime = left.compareTo(function.wall()) < 0;
    ExecutionSpec.Builder spec =
        input(watch)
            .arguments(arguments)
            .environment(environment)
            .limits(function.limits())
            .determinism(begun.task().determinism())
            .wall(ownTime ? left : function.wall())
            .log(request.running().log());
    if (request.invocation().asksForMemoryHash()) {
      spec.memoryHash();
    }
    if (function.manifest().effectiveAbi() == Abi.RAW) {
      return raw(spec, inputs);
    }
    for (ResolvedInput data : inputs) {
      mount(spec, data);
    }
    return spec;
  }

  /**
   * The body, and whether it is in memory: a short answer is held there, too, so that a short call
   * may run on this thread.
   */
  private ExecutionSpec.Builder input(StallWatch watch) {
    byte[] whole = begun.input().whole();
    InputStream body = begun.input().stream();
    return whole == null
        ? ExecutionSpec.builder().input(watch.watch(body))
        : ExecutionSpec.builder().input(body).mayRunHere(whole);
  }

  /** Its input is the body, or without one the file that it is called on. */
  private ExecutionSpec.Builder raw(ExecutionSpec.Builder spec, List<ResolvedInput> inputs) {
    if (!inputs.isEmpty() && request.body().length() == 0) {
      spec.input(RawInput.of(mounted(inputs.getFirst()).root()));
    }
    return spec.raw();
  }

  private void mount(ExecutionSpec.Builder spec, ResolvedInput data) {
    try {
      spec.mount(data.mount(), mounted(data));
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_HEADER, "the invocation: " + e.getMessage(), e);
    }
  }

  private UnixFsMount mounted(ResolvedInput data) {
    return blocks.mount(data.entry());
  }

  private void execute(CompiledModule module, ExecutionSpec.Builder spec, StallWatch watch)
      throws IOException {
    if (request.invocation().head()) {
      DiscardedAnswer discarded = new DiscardedAnswer();
      ExecutionResult result = sandboxed(module, spec, recorded(discarded));
      if (!Faults.isSuccess(result.outcome())) {
        throw untold(failure(result, watch));
      }
      AnswerEnd end = end(result, discarded, null);
      succeeded(begun.head(), result, end);
      request
          .channel()
          .whole(begun.head(), end, new AnswerChannel.Held(new byte[0], discarded.bytes()));
      return;
    }
    HeldAnswer answer = held(begun.head(), watch);
    try {
      ExecutionResult result = sandboxed(module, spec, recorded(answer));
      if (!Faults.isSuccess(result.outcome())) {
        throw failed(failure(result, watch), answer);
      }
      AnswerEnd end = end(result, answer, null);
      succeeded(begun.head(), result, end);
      answer.finish(end);
    } catch (RuntimeException | Error e) {
      dropped(answer);
      throw e;
    }
  }

  /** What is held shall not leave by itself while the caller is told of an error instead. */
  private static void dropped(@Nullable OutputStream answer) {
    if (answer instanceof HeldAnswer held) {
      boolean _ = held.drop();
    }
  }

  /** What the guest writes to whose answer goes there. */
  private OutputStream recorded(OutputStream answer) {
    return recorder == null ? answer : recorder.through(answer);
  }

  private void succeeded(AnswerHead head, ExecutionResult result, AnswerEnd end) {
    if (recorder != null) {
      recorder.succeeded(head, result, end.receipt());
    }
  }

  /** An error that leaves the process in doubt is not this call's alone: it goes on. */
  private Failed failure(ExecutionResult result, StallWatch watch) {
    if (result.outcome() instanceof Outcome.HostFailed host) {
      VirtualMachineError error = ProcessFault.in(host.cause());
      if (error != null) {
        throw error;
      }
    }
    Cid receipt = tools.receipts().failure(ran(whole()), result.usage(), result.outcome());
    if (recorder != null) {
      recorder.failed(new FailedRun(result, receipt), ownTime ? null : begun.function().wall());
    }
    Problem problem =
        watch.isStalled()
            ? watch.problem()
            : Faults.of(result, request.invocation(), request.body());
    return new Failed(problem, receipt);
  }

  /**
   * A run that failed.
   *
   * @param receipt null when the node keeps none
   */
  private record Failed(Problem problem, @Nullable Cid receipt) {}

  private HeldAnswer held(AnswerHead head, HeldAnswer.Progress progress) {
    return new HeldAnswer(
        request.channel(), head, tools.clock(), progress, request.running().cancel()::cancel);
  }

  /** A problem that the caller can still be told, or the cut of what was begun. */
  private LimpetException failed(Failed failure, HeldAnswer answer) throws AnswerCutException {
    if (answer.drop()) {
      return untold(failure);
    }
    throw new AnswerCutException(failure.problem());
  }

  /** Nobody else writes to the channel any more: nothing was begun, and nothing will be. */
  private LimpetException untold(Failed failure) {
    request.channel().failed(failure.receipt());
    return new LimpetException(failure.problem());
  }

  /** The same for a function that says itself what its answer is. */
  private void executeHttp(CompiledModule module, ExecutionSpec.Builder spec, StallWatch watch)
      throws IOException {
    CgiBody bodies = new CgiBody(watch);
    CgiAnswer answer = new CgiAnswer(bodies::of);
    try {
      ExecutionResult result = sandboxed(module, spec, answer);
      OutputStream body = bodies.caller;
      if (!Faults.isSuccess(result.outcome())) {
        Failed told = failure(result, watch);
        throw body instanceof HeldAnswer held ? failed(told, held) : untold(told);
      }
      finishHttp(result, body, answer.head());
    } catch (RuntimeException | Error e) {
      dropped(bodies.caller);
      throw e;
    }
  }

  private void finishHttp(ExecutionResult result, @Nullable OutputStream body, GuestHead said)
      throws IOException {
    AnswerEnd whole = end(result, body, said);
    AnswerEnd end = said.isCacheable() ? whole : whole.withoutTag();
    if (said.isCacheable()) {
      succeeded(begun.head().with(said), result, end);
    }
    if (body instanceof HeldAnswer held) {
      held.finish(end);
    } else if (body instanceof DiscardedAnswer discarded) {
      request
          .channel()
          .whole(
              begun.head().with(said), end, new AnswerChannel.Held(new byte[0], discarded.bytes()));
    }
  }

  /** Where the body of an answer of the kind {@code http} goes. */
  private final class CgiBody {
    private final StallWatch watch;
    private volatile @Nullable OutputStream caller;

    CgiBody(StallWatch watch) {
      this.watch = watch;
    }

    /** Where it goes when it follows such a head. */
    OutputStream of(GuestHead said) {
      OutputStream answer = request.invocation().head() ? new DiscardedAnswer() : held(said);
      caller = answer;
      return recorded(answer);
    }

    private HeldAnswer held(GuestHead said) {
      HeldAnswer.Progress progress =
          recorder == null ? watch : watch.andThen(recorder::shareNoMore);
      HeldAnswer answer = GuestCall.this.held(begun.head().with(said), progress);
      if (!said.isWithoutBody()) {
        answer.hold();
      }
      return answer;
    }
  }

  private ExecutionResult sandboxed(
      CompiledModule module, ExecutionSpec.Builder spec, OutputStream output) {
    ExecutionSpec whole;
    try {
      whole = spec.output(output).build();
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_ARGUMENTS, String.valueOf(e.getMessage()), e);
    }
    return tools.sandbox().run(module, whole);
  }

  /** The Task with the body that was read, or null when some of it was not. */
  private Begun.@Nullable NamedTask whole() {
    Begun.NamedTask named = begun.task();
    Task whole = begun.input().end(named.task());
    return whole == null ? null : whole.equals(named.task()) ? named : Begun.NamedTask.of(whole);
  }

  /** What the guest wrote; where others wait for it, too, the caller may have got less. */
  private AnsweredBody body(@Nullable OutputStream answer) {
    AnsweredBody all = recorder == null ? null : recorder.body();
    if (all != null) {
      return all;
    }
    return switch (answer) {
      case HeldAnswer held -> held.body();
      case DiscardedAnswer discarded -> discarded.body();
      case null, default -> throw new IllegalStateException("an answer without a body");
    };
  }

  private ReceiptMaker.Ran ran(Begun.@Nullable NamedTask whole) {
    return new ReceiptMaker.Ran(
        request.invocation(),
        begun.function().manifest(),
        whole == null ? null : whole.id(),
        (whole == null ? begun.task() : whole).form(),
        blocks,
        fetched.bytes());
  }

  private AnswerEnd end(
      ExecutionResult result, @Nullable OutputStream answer, @Nullable GuestHead said) {
    Usage usage = result.usage();
    Begun.NamedTask whole = whole();
    return new AnswerEnd(
        whole == null ? null : whole.id(),
        tools.receipts().success(ran(whole), usage, () -> body(answer), said),
        begun.etag(),
        fetched.bytes(),
        blocks.blocks(),
        request.times().text(usage.times()),
        usage.fuel(),
        usage.peakMemoryBytes());
  }
}
