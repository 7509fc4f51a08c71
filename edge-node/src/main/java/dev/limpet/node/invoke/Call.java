package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Task;
import dev.limpet.protocol.TaskDerivation;
import dev.limpet.wasmhost.CompiledModule;
import dev.limpet.wasmhost.Determinism;
import dev.limpet.wasmhost.ExecutionResult;
import dev.limpet.wasmhost.ExecutionSpec;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Script;
import dev.limpet.wasmhost.Usage;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One invocation that was let in, from its manifest to the end of its answer. */
final class Call {
  private static final String PROGRAM = "function";
  private static final int OK = 200;
  private static final String DATA = "LIMPET_DATA";

  private final Request request;
  private final CallTools tools;
  private final BlockCounter blocks;
  private final FetchMeter fetched;

  /**
   * What is asked for.
   *
   * @param invocation from the gateway
   * @param body of the caller
   * @param channel where the answer goes
   * @param deadline when all must have ended
   * @param running ends it before, and shows its log
   * @param times where its time goes
   */
  record Request(
      Invocation invocation,
      CallerBody body,
      AnswerChannel channel,
      Deadline deadline,
      RunningInvocation running,
      CallTimes times) {}

  Call(Request request, CallTools tools) {
    this.request = request;
    this.tools = tools;
    this.blocks = new BlockCounter(tools.data().blocks());
    this.fetched = new FetchMeter(request.invocation.maxFetchBytes());
  }

  /** Runs it, or answers that the caller has the answer already. */
  void run() throws IOException {
    Invocation invocation = request.invocation();
    KnownFunction function =
        tools.functions().known(invocation.function(), invocation.manifest()::toBytes);
    Abi abi = function.manifest().effectiveAbi();
    if (abi != Abi.HTTP) {
      RequestRules.checkPlain(invocation);
    }
    if (abi == Abi.RAW) {
      RawInput.check(invocation);
    }
    List<ResolvedInput> inputs =
        tools.inputs().find(invocation, request.deadline(), request.running().cancel(), fetched);
    GuestInput input = GuestInput.of(request.body());
    Task task = input.begin(task(invocation, function, inputs));
    request.times().found();
    AnswerHead head = head(function, inputs);
    Cid id = task.cid();
    NamedTask begun = new NamedTask(task, id);
    String etag = etag(function, id);
    String known = invocation.ifNoneMatch();
    if (etag != null && known != null && ETags.noneMatch(known, id)) {
      AnswerEnd end =
          new AnswerEnd(id, etag, fetched.bytes(), blocks.blocks(), request.times().text(), 0, 0);
      request.channel().notModified(head, end);
      return;
    }
    CompiledModule module = tools.functions().modules().ready(function, request.deadline());
    Script script = tools.functions().scripts().ready(function, request.deadline());
    request.times().loaded();
    request.deadline().check("before the function ran");
    ExecutionSpec.Builder spec = spec(function, inputs, begun, input);
    if (script != null) {
      spec.script(script);
    }
    Ending ending = new Ending(head, input, begun, etag);
    if (abi == Abi.HTTP) {
      try (StallWatch watch =
          new StallWatch(tools.maxStall(), tools.alarms(), request.running().cancel())) {
        spec.input(watch.watch(input.stream())).wallLift(watch.wall());
        executeHttp(module, spec, ending, watch);
      }
    } else {
      execute(module, spec, ending);
    }
  }

  private static Task task(
      Invocation invocation, KnownFunction function, List<ResolvedInput> inputs) {
    try {
      return Task.of(
          invocation,
          function.cid(),
          function.manifest(),
          inputs.stream().map(ResolvedInput::cid).toList());
    } catch (IllegalArgumentException e) {
      throw new LimpetException(ErrorCode.BAD_HEADER, "the invocation: " + e.getMessage(), e);
    }
  }

  /** Only answers that equal Tasks give again have a tag, and only for the method that reads. */
  private @Nullable String etag(KnownFunction function, Cid id) {
    boolean cacheable = function.manifest().pure() && request.invocation().method().equals("GET");
    return cacheable ? ETags.of(id) : null;
  }

  private AnswerHead head(KnownFunction function, List<ResolvedInput> inputs) {
    long bytes = inputs.isEmpty() ? -1 : 0;
    for (ResolvedInput input : inputs) {
      bytes = bytes < 0 || input.bytes() < 0 ? -1 : bytes + input.bytes();
    }
    return new AnswerHead(
        request.invocation().execution(),
        function.cid(),
        bytes,
        function.contentType(),
        function.manifest().headers(),
        OK,
        List.of());
  }

  /** Those that no call changes. */
  static List<String> fixedArguments(KnownFunction function) {
    List<String> arguments = new ArrayList<>();
    arguments.add(PROGRAM);
    arguments.addAll(function.manifest().args());
    return arguments;
  }

  private ExecutionSpec.Builder spec(
      KnownFunction function, List<ResolvedInput> inputs, NamedTask begun, GuestInput input) {
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
          CgiVariables.of(request.invocation(), begun.task(), request.body().length()));
    }
    Duration left = request.deadline().left();
    ExecutionSpec.Builder spec =
        ExecutionSpec.builder()
            .arguments(arguments)
            .environment(environment)
            .input(input.stream())
            .limits(function.limits())
            .determinism(begun.determinism())
            .wall(left.compareTo(function.wall()) < 0 ? left : function.wall())
            .cancel(request.running().cancel())
            .log(request.running().log());
    if (function.manifest().effectiveAbi() == Abi.RAW) {
      return raw(spec, inputs);
    }
    for (ResolvedInput data : inputs) {
      mount(spec, data);
    }
    return spec;
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
    return UnixFsMount.of(blocks, tools.data().blocks(), data.entry());
  }

  /** What the end of the answer needs. */
  private record Ending(
      AnswerHead head, GuestInput input, NamedTask begun, @Nullable String etag) {}

  /** A Task and its id, which takes hashing to find. */
  private record NamedTask(Task task, Cid id) {
    Determinism determinism() {
      Cid bareId = task.bodyDigest() == null ? id : task.withoutBody().cid();
      return new Determinism(TaskDerivation.clockBaseNanos(bareId), TaskDerivation.seed(bareId));
    }
  }

  private void execute(CompiledModule module, ExecutionSpec.Builder spec, Ending ending)
      throws IOException {
    if (request.invocation().head()) {
      DiscardedAnswer discarded = new DiscardedAnswer();
      ExecutionResult result = sandboxed(module, spec, discarded);
      if (!Faults.isSuccess(result.outcome())) {
        throw new LimpetException(problem(result));
      }
      request
          .channel()
          .whole(
              ending.head(),
              end(ending, result.usage()),
              new AnswerChannel.Held(new byte[0], discarded.bytes()));
      return;
    }
    HeldAnswer answer = held(ending.head(), HeldAnswer.Progress.UNHEARD);
    ExecutionResult result = sandboxed(module, spec, answer);
    if (Faults.isSuccess(result.outcome())) {
      answer.finish(end(ending, result.usage()));
      return;
    }
    throw failed(problem(result), answer);
  }

  private HeldAnswer held(AnswerHead head, HeldAnswer.Progress progress) {
    return new HeldAnswer(
        request.channel(), head, tools.alarms(), progress, request.running().cancel()::cancel);
  }

  /** A problem that the caller can still be told, or the cut of what was begun. */
  private static LimpetException failed(Problem problem, HeldAnswer answer)
      throws AnswerCutException {
    if (answer.drop()) {
      return new LimpetException(problem);
    }
    throw new AnswerCutException(problem);
  }

  /** The same for a function that says itself what its answer is. */
  private void executeHttp(
      CompiledModule module, ExecutionSpec.Builder spec, Ending ending, StallWatch watch)
      throws IOException {
    CgiAnswer answer = new CgiAnswer(said -> body(ending.head(), said, watch));
    ExecutionResult result = sandboxed(module, spec, answer);
    OutputStream body = answer.body();
    if (!Faults.isSuccess(result.outcome())) {
      Problem problem = watch.isStalled() ? watch.problem() : problem(result);
      throw body instanceof HeldAnswer held ? failed(problem, held) : new LimpetException(problem);
    }
    GuestHead said = answer.head();
    AnswerEnd whole = end(ending, result.usage());
    AnswerEnd end = said.isCacheable() ? whole : whole.withoutTag();
    if (body instanceof HeldAnswer held) {
      held.finish(end);
    } else if (body instanceof DiscardedAnswer discarded) {
      request
          .channel()
          .whole(
              ending.head().with(said),
              end,
              new AnswerChannel.Held(new byte[0], discarded.bytes()));
    }
  }

  /** Where the body goes that follows such a head. */
  private OutputStream body(AnswerHead head, GuestHead said, StallWatch watch) {
    if (request.invocation().head()) {
      return new DiscardedAnswer();
    }
    HeldAnswer answer = held(head.with(said), watch);
    if (!said.isWithoutBody()) {
      answer.hold();
    }
    return answer;
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

  /** An error that leaves the process in doubt is not this call's alone: it goes on. */
  private Problem problem(ExecutionResult result) {
    if (result.outcome() instanceof Outcome.HostFailed host
        && host.cause() instanceof VirtualMachineError error) {
      throw error;
    }
    return Faults.of(result, request.invocation(), request.body());
  }

  private AnswerEnd end(Ending ending, Usage usage) {
    NamedTask begun = ending.begun();
    Task whole = ending.input().end(begun.task());
    Cid id = whole == null ? null : whole.equals(begun.task()) ? begun.id() : whole.cid();
    return new AnswerEnd(
        id,
        ending.etag(),
        fetched.bytes(),
        blocks.blocks(),
        request.times().text(usage.times()),
        usage.fuel(),
        usage.peakMemoryBytes());
  }
}
