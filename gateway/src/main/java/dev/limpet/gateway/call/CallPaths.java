package dev.limpet.gateway.call;

import dev.limpet.content.cid.Cid;
import dev.limpet.gateway.admission.Permits;
import dev.limpet.gateway.admission.RetryBudget;
import dev.limpet.gateway.audit.Auditor;
import dev.limpet.gateway.call.CallRoute.CallParts;
import dev.limpet.gateway.copy.HotData;
import dev.limpet.gateway.function.FunctionLookup;
import dev.limpet.gateway.function.StoredFunction;
import dev.limpet.gateway.http.CallMethods;
import dev.limpet.gateway.http.Caller;
import dev.limpet.gateway.http.Calls;
import dev.limpet.gateway.http.Door;
import dev.limpet.gateway.http.Exchange;
import dev.limpet.gateway.memo.AnswerMemo;
import dev.limpet.gateway.placement.Choice;
import dev.limpet.gateway.placement.Holder;
import dev.limpet.gateway.placement.HolderIndex;
import dev.limpet.gateway.placement.KnownNode;
import dev.limpet.gateway.placement.NodeRegistry;
import dev.limpet.gateway.placement.PathSize;
import dev.limpet.gateway.placement.Placement;
import dev.limpet.gateway.placement.Question;
import dev.limpet.gateway.proof.Prover;
import dev.limpet.gateway.proxy.NodeClient;
import dev.limpet.gateway.proxy.Outlet;
import dev.limpet.gateway.proxy.Route;
import dev.limpet.gateway.proxy.Transfer;
import dev.limpet.protocol.Abi;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionRef;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.OnlyIfCached;
import dev.limpet.protocol.QueryParameters;
import dev.limpet.protocol.RequestTarget;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The way of calls and reads through the gateway: who asks, is there room, which function, which
 * node, and then a {@link Transfer}.
 *
 * <p>Everything up to the transfer happens at once, on the event loop of the caller's connection,
 * unless a module must be fetched, nodes are asked for data, a short body is not here yet, or no
 * node has a place; a longer body is paused meanwhile. A permit that was taken is given back
 * exactly once: by the route when its transfer ends, or here when none begins.
 */
public final class CallPaths implements Calls {
  /** A node ends a call by itself at its deadline; this later the gateway ends it for the node. */
  static final Duration GRACE = Duration.ofMillis(500);

  /** A node's connection without a byte in either direction, on the way of data, is given up. */
  static final Duration MAX_READ_IDLE = Duration.ofSeconds(30);

  /**
   * A node's connection without a byte in either direction, on the way of an answer that streams,
   * is given up this much later than its call's time: a node itself ends a stream that stands
   * still.
   */
  static final Duration MAX_STREAM_IDLE = Duration.ofSeconds(30);

  private final Ground ground;
  private final CallPolicy policy;
  private final CallAdmission admission;
  private final RetryBudget retries = new RetryBudget();
  private final RetryBudget readRetries = new RetryBudget();
  private final Permits reads;
  private final AnswerRules rules;
  private final CallProblems problems;
  private final ExecutionLog executions;
  private final CallParts parts;
  private final HedgedCalls hedged;
  private final CallMetrics readMetrics;
  private final Recalls recalls;
  private final DataSearch search;
  private final CallPlacing placing;
  private final AsyncCalls async;
  private final ExecutionAnswers answers;
  private final CallMemo memo;
  private final WhyAnswers why;

  /**
   * What calls run on.
   *
   * @param door who may do what
   * @param functions finds functions
   * @param placement chooses nodes
   * @param registry knows nodes
   * @param index knows holders
   * @param sizes knows what lies below paths
   * @param prover has nodes show what they announced
   * @param hot counts what calls want
   * @param client reaches nodes
   * @param memo keeps answers
   * @param auditor has some answers made again
   */
  public record Ground(
      Door door,
      FunctionLookup functions,
      Placement placement,
      NodeRegistry registry,
      HolderIndex index,
      PathSize sizes,
      Prover prover,
      HotData hot,
      NodeClient client,
      AnswerMemo memo,
      Auditor auditor) {}

  /** Opens the way. */
  public CallPaths(Ground ground, CallPolicy policy, InstantSource clock, MeterRegistry metrics) {
    this.ground = ground;
    this.policy = policy;
    this.admission = new CallAdmission(policy);
    this.reads = new Permits("reads of data", policy.maxReads());
    this.rules = new AnswerRules(policy);
    ExpectedNodes expected = new ExpectedNodes(ground.registry, clock);
    MuteNodes mute = new MuteNodes(clock);
    this.problems = new CallProblems(ground.placement, ground.index, expected, mute);
    this.executions = new ExecutionLog(clock);
    this.parts =
        new CallParts(
            ground.placement,
            ground.client,
            executions,
            rules,
            problems,
            retries,
            new FunctionMeters(metrics),
            new CallMetrics(metrics, "calls", admission.calls()),
            new Hedges(policy.hedging()),
            ground.auditor);
    this.hedged = new HedgedCalls(parts);
    this.recalls = new Recalls(ground.registry, ground.client, clock);
    Inquiries.Ground asked =
        new Inquiries.Ground(ground.registry, ground.index, ground.client, ground.prover);
    this.search =
        new DataSearch(
            ground.placement,
            ground.index,
            ground.prover,
            new Inquiries(asked, mute, recalls),
            recalls);
    this.placing = new CallPlacing(ground.functions, ground.placement, search, ground.sizes);
    this.async = new AsyncCalls(executions);
    this.answers = new ExecutionAnswers(ground.door, executions, async, ground.client);
    MemoAnswers kept = new MemoAnswers(rules, parts.functions(), parts.metrics());
    this.memo = new CallMemo(ground.memo, ground.functions, ground.index, kept);
    memo.measure(metrics);
    WhyAnswers.Parts explained = new WhyAnswers.Parts(placing, problems, memo, admission);
    this.why = new WhyAnswers(ground, explained, policy.maxTime());
    admission.measure(metrics, retries);
    this.readMetrics = new CallMetrics(metrics, "reads", reads);
  }

  /** The Executions of this gateway. */
  public ExecutionLog executions() {
    return executions;
  }

  /** Asks nodes that went silent, as calls do. */
  public Recalls recalls() {
    return recalls;
  }

  @Override
  public void call(Exchange exchange, RequestTarget.Call target) {
    Caller caller = ground.door.call(exchange.headers());
    AskedCall asked = AskedCall.read(exchange, caller, target, policy.maxTime());
    refuseForPublic(target.function(), caller);
    if (memo.gives(asked)) {
      return;
    }
    CallAdmission.Entry entry = admission.enter(exchange);
    try {
      if (asked.async()) {
        async.take();
      }
      enterMemo(asked, entry);
    } catch (RuntimeException e) {
      entry.run();
      throw e;
    }
  }

  private void enterMemo(AskedCall asked, CallAdmission.Entry entry) {
    try {
      memo.enter(asked, entry, call -> begin(call, entry));
    } catch (RuntimeException e) {
      if (asked.async()) {
        async.release();
      }
      throw e;
    }
  }

  private void begin(AskedCall asked, CallAdmission.Entry entry) {
    then(find(asked), asked, entry, function -> send(asked, entry, function));
  }

  /** Goes on with what comes of {@code work}. What fails or throws there ends the call. */
  private <T> void then(
      Future<T> work, AskedCall asked, CallAdmission.Entry entry, Consumer<T> next) {
    work.onComplete(
        value -> {
          try {
            next.accept(value);
          } catch (RuntimeException e) {
            fail(asked, entry, e);
          }
        },
        why -> fail(asked, entry, why));
  }

  /** The function; for a caller who does not wait only when all of the request is here. */
  private Future<StoredFunction> find(AskedCall asked) {
    FunctionRef function = asked.target().function();
    return asked.async()
        ? AsyncCalls.read(asked).compose(_ -> ground.functions.find(function))
        : ground.functions.find(function);
  }

  /** The call is over before it began. */
  private void fail(AskedCall asked, CallAdmission.Entry entry, Throwable cause) {
    giveBack(asked, entry);
    asked.exchange().fail(cause);
  }

  private void giveBack(AskedCall asked, CallAdmission.Entry entry) {
    entry.run();
    asked.turn().end();
    if (asked.async()) {
      async.release();
    }
  }

  @Override
  public List<HttpMethod> methods(Exchange exchange, RequestTarget.Call target) {
    try {
      refuseForPublic(target.function(), ground.door.call(exchange.headers()));
      StoredFunction function = ground.functions.kept(target.function());
      return function == null
          ? CallMethods.PLAIN
          : CallMethods.of(function.manifest().effectiveAbi());
    } catch (LimpetException e) {
      return CallMethods.PLAIN;
    }
  }

  /**
   * Says so whether the CID is known or not. What is built in could tell everything of the data,
   * and nobody decided to let the public call it.
   */
  private void refuseForPublic(FunctionRef function, Caller caller) {
    if (caller != Caller.PUBLIC) {
      return;
    }
    if (function instanceof FunctionRef.ByCid) {
      throw new LimpetException(
          ErrorCode.UNAUTHORIZED,
          "without a token only deployed names may be called here, not CIDs");
    }
    if (ground.functions.isBuiltIn(function)) {
      throw new LimpetException(
          ErrorCode.UNAUTHORIZED,
          "without a token only deployed names may be called here, and "
              + function
              + " is built in");
    }
  }

  /** A call that was let in. */
  private record Admitted(AskedCall asked, CallAdmission.Entry entry, StoredFunction function) {}

  private void send(AskedCall asked, CallAdmission.Entry entry, StoredFunction function) {
    AbiRules.check(asked, function);
    entry.of(function.cid());
    Admitted call = new Admitted(asked, entry, function);
    Question question = placing.question(asked, function);
    then(placing.place(asked, question), asked, entry, placed -> run(call, placed));
  }

  /** Reads a short body first: who is slow to send it keeps no place at a node from others. */
  private void run(Admitted call, CallPlacing.Placed placed) {
    List<Choice> choices = problems.choices(placed, call.asked.caller());
    Invocations invocations = new Invocations(call.asked, call.function, placed.question());
    Future<Void> body = call.asked.exchange().body().prepare();
    if (body.succeeded()) {
      enter(call, invocations, choices);
    } else {
      Future<Void> read = BodyWait.of(call.asked, body, AskedCall::tooLarge);
      then(read, call.asked, call.entry, _ -> enter(call, invocations, choices));
    }
  }

  /** Sends the call to the first node that has room, or waits for room at the best one. */
  private void enter(Admitted call, Invocations invocations, List<Choice> choices) {
    call.entry.on(ground.hot.called(invocations.question(), choices.getFirst()));
    Choice entered = call.entry.enterNode(call.asked, choices);
    if (entered != null) {
      go(call, invocations, new CallRoute.Chosen(choices, entered));
    } else {
      Future<Choice> place = call.entry.awaitNode(call.asked, choices);
      then(
          place,
          call.asked,
          call.entry,
          taken -> go(call, invocations, new CallRoute.Chosen(choices, taken)));
    }
  }

  /** To the node whose place is taken; it is given back here when no transfer begins. */
  private void go(Admitted call, Invocations invocations, CallRoute.Chosen chosen) {
    try {
      if (call.asked.async()) {
        runAlone(call, invocations, chosen);
      } else {
        Transfer.Limits limits = limits(call.asked, call.function);
        hedged.start(new HedgedCalls.Call(call.asked, invocations, chosen, limits, call.entry));
      }
    } catch (RuntimeException e) {
      chosen.entered().node().callEnded();
      throw e;
    }
  }

  /** The caller is told where to come back; the call goes on without it. */
  private void runAlone(Admitted admitted, Invocations invocations, CallRoute.Chosen chosen) {
    AskedCall asked = admitted.asked;
    AsyncCall call = async.begin(asked, admitted.function.cid());
    Route route;
    try {
      Runnable over =
          () -> {
            async.end(call);
            giveBack(asked, admitted.entry);
          };
      CallRoute.Sequel sequel = new CallRoute.Alone(over);
      route = new CallRoute(parts, asked.with(call), invocations, chosen, sequel);
      async.accept(asked.exchange(), call);
    } catch (RuntimeException e) {
      async.drop(call);
      throw e;
    }
    transfer(call.answer(), asked.exchange(), limits(asked, admitted.function), route);
  }

  /** An answer of the kind {@code http} may stream on; its node sees to it that it goes on. */
  private Transfer.Limits limits(AskedCall asked, StoredFunction function) {
    Duration total = Duration.ofMillis(asked.remainingMillis()).plus(GRACE);
    boolean streams = function.manifest().effectiveAbi() == Abi.HTTP;
    Duration idle = streams ? total.plus(MAX_STREAM_IDLE) : null;
    return new Transfer.Limits(policy.connectTimeout(), idle, total, streams);
  }

  private void transfer(Outlet caller, Exchange exchange, Transfer.Limits limits, Route route) {
    new Transfer(ground.client.ground(), limits, caller, exchange.body(), route).start();
  }

  @Override
  public void content(Exchange exchange, RequestTarget.Content target) {
    exchange.allow(HttpMethod.GET, HttpMethod.HEAD);
    Caller caller = ground.door.read(exchange.headers());
    if (exchange.body().declaredLength() != 0) {
      throw new LimpetException(ErrorCode.BODY_NOT_ALLOWED, "data is read without a body");
    }
    Cid root = target.data().root();
    search
        .search(caller, root)
        .map(
            _ -> {
              read(exchange, caller, target);
              return root;
            })
        .onFailure(exchange::fail);
  }

  private void read(Exchange exchange, Caller caller, RequestTarget.Content target) {
    Cid root = target.data().root();
    ContentRoute.Reader reader =
        new ContentRoute.Reader(exchange, caller, holders(root), readRetries);
    Route route = new ContentRoute(reader, rules, readMetrics, reads::release);
    if (!route.hasNext()) {
      boolean onlyIfCached = OnlyIfCached.isIn(exchange.headers().values("Cache-Control"));
      throw new LimpetException(problems.notHere(root, caller, onlyIfCached));
    }
    Duration toFirstByte = AskedCall.wantedTime(exchange.headers());
    Transfer.Limits limits =
        new Transfer.Limits(policy.connectTimeout(), MAX_READ_IDLE, toFirstByte, true);
    reads.take(); // which the route gives back
    readRetries.called();
    transfer(exchange.outlet(), exchange, limits, route);
  }

  /**
   * Who is known to hold it: complete holders first, of these those that were heard of first, and
   * of these the least busy.
   */
  private List<KnownNode> holders(Cid root) {
    return ground.index.holders(root).stream()
        .filter(Holder::counts)
        .sorted(
            Comparator.comparing(Holder::holds)
                .thenComparing(holder -> holder.node().isSuspect())
                .thenComparingInt(holder -> holder.node().inFlight()))
        .map(Holder::node)
        .toList();
  }

  @Override
  public void why(Exchange exchange, QueryParameters query) {
    why.why(exchange, query);
  }

  @Override
  public void executions(Exchange exchange, QueryParameters query) {
    answers.list(exchange, query);
  }

  @Override
  public void execution(Exchange exchange, ExecutionId id) {
    answers.execution(exchange, id);
  }

  @Override
  public void result(Exchange exchange, ExecutionId id) {
    answers.result(exchange, id);
  }
}
