package dev.limpet.node;

import dev.limpet.content.cid.Sha256;
import dev.limpet.node.http.CopiesResource;
import dev.limpet.node.http.FunctionsResource;
import dev.limpet.node.http.InvocationsResource;
import dev.limpet.node.http.LogsResource;
import dev.limpet.node.http.ReceiptsResource;
import dev.limpet.node.http.Resource;
import dev.limpet.node.invoke.Admission;
import dev.limpet.node.invoke.AllowedFunctions;
import dev.limpet.node.invoke.AnswerTimes;
import dev.limpet.node.invoke.GatewayDoor;
import dev.limpet.node.invoke.InvocationParts;
import dev.limpet.node.invoke.Invocations;
import dev.limpet.node.invoke.ReceiptMaker;
import dev.limpet.node.invoke.StoredData;
import dev.limpet.node.log.ExecutionLogs;
import dev.limpet.node.memo.AnswerMemo;
import dev.limpet.node.metrics.NodeMetrics;
import dev.limpet.node.receipt.ReceiptLog;
import dev.limpet.node.store.Holdings;
import dev.limpet.node.store.NodeStore;
import dev.limpet.protocol.Capacity;
import dev.limpet.protocol.Load;
import dev.limpet.protocol.MemoState;
import dev.limpet.protocol.NodeIdentity;
import dev.limpet.protocol.trace.SpanExporter;
import dev.limpet.wasmhost.Sandbox;
import dev.limpet.wasmhost.SandboxConfig;
import dev.limpet.wasmhost.engine.CompileCounts;
import dev.limpet.wasmhost.engine.CompileCounts.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** The part of a node that runs functions. */
final class Guests implements AutoCloseable {
  /**
   * Calls that were let in and wait for a guest's thread, its data or its module, for each slot;
   * besides those whose guests have begun.
   */
  private static final int CALLS_PER_SLOT = 16;

  /**
   * Calls that wait to be let in, for each that is: a place is free again only after the answer was
   * sent, so a caller that asks at once may find none although it never had two calls open.
   */
  private static final int WAITING_PER_CALL = 4;

  /** A short spike is smoothed, a long one goes to another node. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

  /** Compiled modules keep this part of the heap; it holds their classes in an estimate. */
  private static final int CODE_HEAP_PART = 4;

  private record Metric(String name, String says) {}

  private static final Map<Event, Metric> COUNTED =
      new EnumMap<>(
          Map.of(
              Event.COMPILED, new Metric("limpet_node_compiled", "Functions that were compiled"),
              Event.REFUSED,
                  new Metric("limpet_node_compile_refused", "Functions that the compiler refused"),
              Event.FAILED,
                  new Metric("limpet_node_compile_failed", "Functions that were not compiled"),
              Event.LOADED,
                  new Metric("limpet_node_code_loaded", "Functions whose code was on the disk"),
              Event.BUILT,
                  new Metric("limpet_node_code_built", "Functions whose code a builder had made"),
              Event.BUILT_REFUSED,
                  new Metric("limpet_node_code_built_refused", "Code of builders not taken"),
              Event.PROCESS_STARTED,
                  new Metric("limpet_node_compilers_started", "Compilers that were started"),
              Event.PROCESS_LOST,
                  new Metric("limpet_node_compilers_lost", "Compilers that ended at work")));

  private static final Map<MemoState, Metric> COUNTED_MEMO =
      new EnumMap<>(
          Map.of(
              MemoState.HIT,
                  new Metric("limpet_node_memo_hits", "Calls that were answered without a run"),
              MemoState.MISS,
                  new Metric("limpet_node_memo_misses", "Calls that ran, and may be kept"),
              MemoState.BYPASS,
                  new Metric("limpet_node_memo_bypassed", "Calls that ran, and are not kept")));

  private final Sandbox sandbox;
  private final ExecutionLogs logs;
  private final AnswerMemo memo;
  private final ReceiptLog receipts;
  private final Invocations invocations;

  private Guests(
      Sandbox sandbox,
      ExecutionLogs logs,
      AnswerMemo memo,
      ReceiptLog receipts,
      Invocations invocations) {
    this.sandbox = sandbox;
    this.logs = logs;
    this.memo = memo;
    this.receipts = receipts;
    this.invocations = invocations;
  }

  /**
   * Who else has to do with calls.
   *
   * @param node what this one is called
   * @param gateway where functions come from that are missing here; null when there is none
   * @param spans where spans of traces go, or null
   * @param answers how long they wait
   * @param sandbox what stands before it; in tests, one that fails
   */
  record Links(
      String node,
      Supplier<@Nullable GatewayDoor> gateway,
      @Nullable SpanExporter spans,
      AnswerTimes answers,
      UnaryOperator<Sandbox> sandbox) {}

  /**
   * Opens the sandbox; calls run as soon as the resources are served.
   *
   * @throws java.io.UncheckedIOException when the folder for compiled code or that for logs cannot
   *     be used
   */
  static Guests open(NodeConfig config, NodeIdentity identity, NodeStore store, Links links) {
    Capacity capacity = config.capacity();
    SandboxConfig.CompiledCache cache =
        new SandboxConfig.CompiledCache(
            config.dir().resolve("code"),
            codeKey(identity),
            config.codeQuota(),
            Runtime.getRuntime().maxMemory() / CODE_HEAP_PART);
    Sandbox sandbox =
        links.sandbox.apply(
            Sandbox.open(
                new SandboxConfig(
                    cache,
                    capacity.slots(),
                    capacity.memoryBytes(),
                    config.compiler(),
                    config.builtCode())));
    int calls = SandboxConfig.MAX_GUESTS + capacity.slots() * CALLS_PER_SLOT;
    Admission admission =
        new Admission(new Admission.Limits(calls, WAITING_PER_CALL * calls, LONGEST_WAIT));
    ExecutionLogs logs =
        ExecutionLogs.open(
            new ExecutionLogs.Parts(
                config.dir().resolve("logs"),
                config.shown().get(RoomSettings.LOG_QUOTA),
                store::hasRoom,
                InstantSource.system()));
    AnswerMemo memo =
        AnswerMemo.open(
            config.dir().resolve("memo"), MemoSettings.quota(config.shown()), store::hasRoom);
    ReceiptLog receipts =
        ReceiptLog.open(
            new ReceiptLog.Parts(
                config.dir().resolve("receipts"),
                identity,
                ReceiptSettings.quota(config.shown()),
                ReceiptSettings.age(config.shown()),
                store::hasRoom,
                InstantSource.system()));
    InvocationParts parts =
        new InvocationParts(
            "node " + links.node,
            new StoredData(store),
            store.functions(),
            sandbox,
            links.gateway,
            new AllowedFunctions(config.allowFunctions()),
            config.trust().nodes(),
            config.outside(),
            logs,
            memo,
            links.spans,
            new ReceiptMaker(receipts, identity.peerId()));
    return new Guests(
        sandbox, logs, memo, receipts, new Invocations(parts, admission, links.answers));
  }

  /**
   * What vouches for compiled code: a secret that only the holder of the node's key can make, since
   * Ed25519 signs the same bytes always the same way.
   */
  private static SecretKey codeKey(NodeIdentity identity) {
    byte[] secret = identity.sign("limpet compiled code v1\n".getBytes(StandardCharsets.US_ASCII));
    return new SecretKeySpec(Sha256.of(secret), "HmacSHA256");
  }

  List<Resource> resources(Holdings holdings) {
    return List.of(
        new InvocationsResource(invocations),
        new FunctionsResource(invocations.functions()),
        new CopiesResource(invocations.copies(), holdings),
        new LogsResource(invocations::log, logs),
        new ReceiptsResource(receipts));
  }

  /** The log of receipts. */
  ReceiptLog receipts() {
    return receipts;
  }

  /** What is kept of logs. */
  ExecutionLogs logs() {
    return logs;
  }

  /** Says what has become of modules. */
  void count(NodeMetrics metrics) {
    CompileCounts counts = sandbox.counts();
    COUNTED.forEach(
        (event, metric) -> metrics.counted(metric.name(), metric.says(), () -> counts.of(event)));
    countReceipts(metrics);
    metrics.counted(
        "limpet_node_compile_seconds", "Time by the clock spent compiling", counts::seconds);
    COUNTED_MEMO.forEach(
        (state, metric) ->
            metrics.counted(metric.name(), metric.says(), () -> memo.counted(state)));
    metrics.counted(
        "limpet_node_memo_dropped", "Answers for which there was no room", memo::dropped);
    metrics.gauge("limpet_node_memo_entries", "Answers that are kept", memo::entries);
    metrics.gauge("limpet_node_memo_bytes", "Bytes of kept answers", memo::storedBytes);
  }

  private void countReceipts(NodeMetrics metrics) {
    metrics.counted(
        "limpet_node_receipts_appended", "Receipts that are in the log", receipts::appended);
    metrics.counted(
        "limpet_node_receipts_dropped", "Executions without room for a receipt", receipts::dropped);
    metrics.counted(
        "limpet_node_receipts_lost", "Receipts that were promised and are lost", receipts::lost);
    metrics.counted("limpet_node_receipt_gaps", "Gaps that the log reports", receipts::gaps);
    metrics.gauge(
        "limpet_node_receipts_pending", "Receipts that wait for the log", receipts::pending);
    metrics.gauge("limpet_node_receipt_log_size", "Entries of the log", receipts::size);
    metrics.gauge(
        "limpet_node_receipt_bytes", "Bytes of receipts on the disk", receipts::storedBytes);
  }

  /** Other nodes whose certificates were refused, and why. */
  Map<String, String> unbelieved() {
    return invocations.unbelieved();
  }

  /** How busy it is. */
  Load load() {
    Admission admission = invocations.admission();
    return new Load(admission.running(), admission.waiting(), 0);
  }

  /** Takes no more calls. */
  void drain() {
    invocations.drain();
  }

  /** Cancels what still runs. */
  @Override
  public void close() {
    try (logs;
        memo;
        receipts) {
      invocations.close();
      sandbox.close();
    }
  }
}
