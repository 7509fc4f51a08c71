package dev.limpet.node.invoke;

import dev.limpet.content.cid.Cid;
import dev.limpet.content.cid.Multicodec;
import dev.limpet.content.ipld.DagCbor;
import dev.limpet.content.ipld.Ipld;
import dev.limpet.node.receipt.ReceiptKeeper;
import dev.limpet.protocol.ByteString;
import dev.limpet.protocol.DataRef;
import dev.limpet.protocol.ExecutionId;
import dev.limpet.protocol.FunctionManifest;
import dev.limpet.protocol.Invocation;
import dev.limpet.protocol.PeerId;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.Receipt.Ending;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import dev.limpet.protocol.receipt.ReceiptValues;
import dev.limpet.wasmhost.Outcome;
import dev.limpet.wasmhost.Usage;
import dev.limpet.wasmhost.engine.Compiler;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the receipts of one node's Executions.
 *
 * @param keeper where they go
 * @param node whose they are
 */
public record ReceiptMaker(ReceiptKeeper keeper, PeerId node) {
  /** Makes none. */
  public static final ReceiptMaker NONE =
      new ReceiptMaker(ReceiptKeeper.NONE, PeerId.of(new byte[PeerId.PUBLIC_KEY_BYTES]));

  private static final String ENGINE = Compiler.version();
  private static final int OK = 200;

  /**
   * What ran.
   *
   * @param invocation what was asked for
   * @param manifest of the function
   * @param task its Task id, or null when the body was not read to its end
   * @param form DAG-CBOR of the Task
   * @param blocks what it read
   * @param fetchedBytes what came from elsewhere for it
   */
  record Ran(
      Invocation invocation,
      FunctionManifest manifest,
      @Nullable Cid task,
      ByteString form,
      BlockCounter blocks,
      long fetchedBytes) {}

  /**
   * The receipt of a success.
   *
   * @param answer tells what was answered, which takes hashing; asked once, if a receipt is wanted
   * @param said what a function of the kind http said itself, or null
   * @return its CID, or null when none is kept
   */
  @Nullable Cid success(
      Ran ran, Usage usage, Supplier<AnsweredBody> answer, @Nullable GuestHead said) {
    if (!keeper.isKeeping()) {
      return null;
    }
    AnsweredBody body = answer.get();
    Receipt.Result result =
        said == null
            ? new Receipt.Result(body.cid(), body.bytes(), OK, null)
            : new Receipt.Result(body.cid(), body.bytes(), said.status(), head(said));
    return keep(ran, usage, new Ending(ReceiptOutcome.OK, null, null, result));
  }

  /**
   * The receipt of a function that began and did not succeed.
   *
   * @return its CID, or null when none is kept
   */
  @Nullable Cid failure(Ran ran, Usage usage, Outcome outcome) {
    return keeper.isKeeping() ? keep(ran, usage, ending(outcome)) : null;
  }

  private static Ending ending(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Completed completed ->
          new Ending(
              ReceiptOutcome.EXITED, Integer.toUnsignedLong(completed.exitCode()), null, null);
      case Outcome.Trapped trapped ->
          new Ending(ReceiptOutcome.TRAPPED, null, trapped.reason(), null);
      case Outcome.OutOfFuel _ -> plain(ReceiptOutcome.OUT_OF_FUEL);
      case Outcome.OverMemory _ -> plain(ReceiptOutcome.OUT_OF_MEMORY);
      case Outcome.OverOutput _ -> plain(ReceiptOutcome.OUT_OF_OUTPUT);
      case Outcome.OutOfTime _ -> plain(ReceiptOutcome.OUT_OF_TIME);
      case Outcome.Cancelled _ -> plain(ReceiptOutcome.CANCELLED);
      case Outcome.OutputFailed _ -> plain(ReceiptOutcome.CANCELLED);
      case Outcome.InputFailed _ -> plain(ReceiptOutcome.FAILED);
      case Outcome.NoNodeMemory _ -> plain(ReceiptOutcome.FAILED);
      case Outcome.DataUnavailable _ -> plain(ReceiptOutcome.FAILED);
      case Outcome.HostFailed _ -> plain(ReceiptOutcome.FAILED);
    };
  }

  private static Ending plain(ReceiptOutcome outcome) {
    return new Ending(outcome, null, null, null);
  }

  private @Nullable Cid keep(Ran ran, Usage usage, Ending ending) {
    long tookMicros = TimeUnit.NANOSECONDS.toMicros(usage.times().ran().toNanos());
    long startedMs = System.currentTimeMillis() - TimeUnit.MICROSECONDS.toMillis(tookMicros);
    List<String> inputs = asked(ran.invocation());
    return keeper.keep(
        new Made(ran, usage, ending, inputs, node, Math.max(0, startedMs), tookMicros));
  }

  /** A receipt's values where they are already. */
  private record Made(
      Ran ran,
      Usage usage,
      Ending ending,
      List<String> inputs,
      PeerId node,
      long startedMs,
      long tookMicros)
      implements ReceiptValues {
    @Override
    public @Nullable Cid task() {
      return ran.task;
    }

    @Override
    public ByteString form() {
      return ran.form;
    }

    @Override
    public long fuel() {
      return usage.fuel();
    }

    @Override
    public long memory() {
      return usage.peakMemoryBytes();
    }

    @Override
    public long read() {
      return ran.blocks.bytes();
    }

    @Override
    public long blocks() {
      return ran.blocks.blocks();
    }

    @Override
    public long fetched() {
      return ran.fetchedBytes;
    }

    @Override
    public @Nullable ByteString memoryHash() {
      String hash = usage.memoryHash();
      return hash == null ? null : ByteString.of(HexFormat.of().parseHex(hash));
    }

    @Override
    public ExecutionId execution() {
      return ran.invocation.execution();
    }

    @Override
    public String engine() {
      return ENGINE;
    }

    @Override
    public List<String> grants() {
      return ReceiptMaker.grants(ran.manifest);
    }
  }

  private static List<String> grants(FunctionManifest manifest) {
    return manifest.grants().isEmpty() ? List.of() : List.copyOf(manifest.grants().keySet());
  }

  private static List<String> asked(Invocation invocation) {
    List<Invocation.Input> inputs = invocation.inputs();
    if (inputs.isEmpty()) {
      return List.of();
    }
    List<String> asked = new ArrayList<>(inputs.size());
    for (Invocation.Input input : inputs) {
      asked.add(
          input.path().isEmpty()
              ? input.root().toString()
              : new DataRef(input.root(), input.path()).toEncoded());
    }
    return asked;
  }

  /** What is said besides the body: {@code {type, lines}}, each line a list of name and value. */
  private static Cid head(GuestHead said) {
    List<Ipld> lines = new ArrayList<>();
    for (Map.Entry<String, String> line : said.lines()) {
      lines.add(
          new Ipld.ListNode(List.of(new Ipld.Text(line.getKey()), new Ipld.Text(line.getValue()))));
    }
    String type = said.contentType();
    Ipld head =
        new Ipld.MapNode(
            Map.of(
                "type",
                type == null ? new Ipld.Null() : new Ipld.Text(type),
                "lines",
                new Ipld.ListNode(lines)));
    return Cid.of(Multicodec.DAG_CBOR, DagCbor.encode(head));
  }
}
