package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.node.memo.MemoAnswer;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ETags;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.Task;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One invocation that was let in, from its manifest to the end of its answer. */
final class Call {
  private static final int OK = 200;

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
    GuestInput input = GuestInput.of(request.body(), this::arriving);
    Task task = input.begin(task(invocation, function, inputs));
    request.times().found();
    AnswerHead head = head(function, inputs, tools.memo().state(function, invocation, input));
    Begun.NamedTask named = Begun.NamedTask.of(task);
    Cid id = named.id();
    String etag = etag(function, id);
    Begun call = new Begun(function, inputs, input, named, head, etag);
    String known = invocation.ifNoneMatch();
    if (etag != null && known != null && ETags.noneMatch(known, id)) {
      request.channel().notModified(head, endOfNone(call, null));
      return;
    }
    run(call);
  }

  /** A short body that its caller still sends. */
  private byte[] arriving(int length) throws IOException {
    return new ArrivingBody(request.body().stream(), tools.maxStall(), tools.clock().alarms())
        .read(length, request.deadline(), request.running().cancel());
  }

  /** Runs the function, unless the memo has the answer. */
  private void run(Begun begun) throws IOException {
    if (begun.head().memo() == MemoState.BYPASS) {
      looked(MemoState.BYPASS);
      guests(begun, null).run();
      return;
    }
    MemoCalls.Turn turn = turn(begun);
    looked(turn instanceof MemoCalls.Turn.Run ? MemoState.MISS : MemoState.HIT);
    switch (turn) {
      case MemoCalls.Turn.Hit hit -> give(begun, hit.answer());
      case MemoCalls.Turn.Failed failed -> throw failed(failed.run());
      case MemoCalls.Turn.Run run -> {
        try (Recorder recorder = run.recorder()) {
          guests(begun, recorder).run();
        }
      }
    }
  }

  /** The run of an equal call that takes too long may not have begun. */
  private MemoCalls.Turn turn(Begun begun) {
    try {
      return tools
          .memo()
          .turn(
              begun.task().id(),
              request.invocation().memoWish(),
              request.deadline(),
              request.running().cancel());
    } catch (LimpetException e) {
      boolean late = e.code() == ErrorCode.OUT_OF_TIME;
      Problem compiling = late ? tools.functions().modules().compiling(begun.function()) : null;
      throw compiling == null ? e : new LimpetException(compiling, e);
    }
  }

  private void looked(MemoState memo) {
    tools.memo().count(memo);
    request.channel().looked(memo);
  }

  private LimpetException failed(FailedRun run) {
    request.channel().failed(run.receipt());
    return new LimpetException(Faults.of(run.result(), request.invocation(), request.body()));
  }

  private GuestCall guests(Begun begun, @Nullable Recorder recorder) {
    return new GuestCall(request, new GuestCall.Ground(tools, blocks, fetched), begun, recorder);
  }

  private void give(Begun begun, MemoAnswer kept) {
    byte[] body = request.invocation().head() ? new byte[0] : kept.body();
    request
        .channel()
        .whole(
            begun.head().with(kept),
            endOfNone(begun, kept.origin().receipt()),
            new AnswerChannel.Held(body, kept.body().length));
  }

  /** The end of an answer for which nothing ran. */
  private AnswerEnd endOfNone(Begun begun, @Nullable Cid receipt) {
    return new AnswerEnd(
        begun.task().id(),
        receipt,
        begun.etag(),
        fetched.bytes(),
        blocks.blocks(),
        request.times().text(),
        0,
        0);
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

  private AnswerHead head(KnownFunction function, List<ResolvedInput> inputs, MemoState memo) {
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
        List.of(),
        memo);
  }
}
