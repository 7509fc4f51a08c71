package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.StreamedAnswer;
import dev.limpet.content.cid.Cid;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.receipt.Receipt;
import dev.limpet.protocol.receipt.ReceiptComparison;
import dev.limpet.protocol.receipt.ReceiptComparison.Line;
import dev.limpet.protocol.receipt.ReceiptComparison.Verdict;
import dev.limpet.protocol.receipt.ReceiptOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet replay}: the work of a receipt once more, elsewhere, and what both runs say. */
@Command(
    name = "replay",
    description = "Run the work of a receipt again, on another node if one can, and compare.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "same: both runs say it. DIFFERS: they cannot both be right. aside: it may be different.",
      "Exit code 0: the runs agree; 1: they do not.",
      "",
      "Examples:",
      "  limpet replay answer.receipt",
      "  limpet replay bafyrei… --max-fetch 1GiB",
      "  limpet replay answer.receipt --body notes.txt",
      "  limpet replay answer.receipt --once"
    })
public final class ReplayCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(paramLabel = "RECEIPT", description = "A file, or a CID.")
  private String receipt = "";

  @Mixin private BodyOption body = new BodyOption();

  @Mixin private CallBounds bounds = new CallBounds();

  @Option(
      names = "--once",
      description =
          "Run it only once, also when its receipt has no hash of the memory: else its node is"
              + " asked for one by a further run.")
  private boolean once;

  ReplayCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServerClient gateway = session.gateway(options);
    ShownReceipt shown = ShownReceipt.of(receipt, () -> gateway);
    Replay replay = Replay.of(shown.receipt(), body.isGiven());
    if (!options.json()) {
      ComparedReceipts.note(session.terminal(), shown.note("the receipt"));
    }
    @Nullable String second;
    try {
      second = run(gateway, replay).toString();
    } catch (CliException failure) {
      ReceiptOutcome outcome = Replay.outcome(failure).orElseThrow(() -> failure);
      second = receipt(failure);
      if (second == null) {
        return failed(shown.receipt(), outcome, failure);
      }
    }
    ShownReceipt now = ShownReceipt.of(second, () -> gateway);
    requireSameBody(shown.receipt(), now.receipt());
    Replay there = replay.on(shown.receipt().ran().node());
    ReplayMemory memory =
        ReplayMemory.of(shown.receipt(), now.receipt(), notAgain(), () -> further(gateway, there));
    return compared(gateway, shown, now, memory);
  }

  private static @Nullable String receipt(CliException failure) {
    return failure.ran() == null ? null : failure.ran().receipt();
  }

  /** Why it is run no more than once; empty when it may be. */
  private String notAgain() {
    return once
        ? "--once forbids a further run"
        : body.isRepeatable() ? "" : "standard input and pipes cannot be sent again";
  }

  /** What a further run says, whether or not it succeeds. */
  private Optional<Receipt> further(ServerClient gateway, Replay there) {
    @Nullable String made;
    try {
      made = run(gateway, there).toString();
    } catch (CliException failure) {
      if (Replay.outcome(failure).isEmpty()) {
        throw failure;
      }
      made = receipt(failure);
    }
    return made == null
        ? Optional.empty()
        : Optional.of(ShownReceipt.of(made, () -> gateway).receipt());
  }

  private void requireSameBody(Receipt before, Receipt now) {
    if (!before.work().id().equals(now.work().id()) && body.isGiven()) {
      throw CliException.usage("--body is not the body of that call: its digest is another one");
    }
  }

  /** The receipt of the run. */
  private Cid run(ServerClient gateway, Replay replay) {
    Map<String, String> headers = new LinkedHashMap<>(replay.headers());
    bounds.addTo(headers);
    return body.sent(
        session.terminal(),
        sent -> receipt(gateway.streamed(replay.method(), replay.target(), headers, sent)));
  }

  private static Cid receipt(StreamedAnswer answer) {
    try (InputStream all = answer.body()) {
      all.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new CliException(ErrorCode.ANSWER_CUT, "the answer of the replay broke off");
    }
    String said = answer.header(Headers.RECEIPT);
    for (Map.Entry<String, String> line : answer.trailers()) {
      said = line.getKey().equalsIgnoreCase(Headers.RECEIPT) ? line.getValue() : said;
    }
    try {
      return Cid.parse(said);
    } catch (IllegalArgumentException e) {
      throw new CliException(
          ErrorCode.NOT_SUPPORTED,
          "it ran on "
              + answer.header(Headers.NODE)
              + ", which keeps no receipts (receipt-quota), so nothing can be compared");
    }
  }

  private int compared(
      ServerClient gateway, ShownReceipt first, ShownReceipt second, ReplayMemory memory) {
    Receipt before = first.receipt();
    Receipt now = second.receipt();
    ReceiptComparison comparison = memory.with(ReceiptComparison.of(before, now), now);
    NotElsewhere here =
        before.ran().node().equals(now.ran().node())
            ? NotElsewhere.of(gateway, before, bounds.mostFetched())
            : null;
    if (options.json()) {
      Map<String, Object> all = new LinkedHashMap<>(ComparedReceipts.json(comparison));
      all.put("elsewhere", here == null);
      if (here != null && here.fetcher().isPresent()) {
        NotElsewhere.Fetcher other = here.fetcher().get();
        all.put("wouldFetch", Map.of("node", other.node(), "bytes", other.bytes()));
      }
      all.put("receiptHolds", first.holds());
      all.put("replayHolds", second.holds());
      all.put("replay", Receipt.cidOf(now.encode()).toString());
      memory.addTo(all);
      session.terminal().json(all);
    } else {
      ComparedReceipts.note(session.terminal(), second.note("the receipt of the replay"));
      ComparedReceipts.print(session.terminal(), comparison);
      if (!memory.text().isEmpty()) {
        session.terminal().line(memory.text());
      }
      print(comparison, here);
    }
    return exit(comparison.agrees());
  }

  /** Shows what it means; {@code here}: why it ran on the same node, null when it did not. */
  private void print(ReceiptComparison comparison, @Nullable NotElsewhere here) {
    String where = here == null ? "another node" : "the same node";
    String verdict =
        comparison.agrees()
            ? "agrees: " + where + " says the same" + (here == null ? "" : "; " + here.text())
            : "differs on " + where + ": " + String.join(", ", comparison.differences());
    session.terminal().line(verdict);
  }

  /** A run without success whose node keeps no receipts; how it ended the error says. */
  private int failed(Receipt before, ReceiptOutcome now, CliException failure) {
    CliException.Ran ran = failure.ran();
    Long code = ran == null ? null : ran.exitCode();
    Long expected = before.ending().code();
    boolean agrees =
        before.ending().outcome() == now
            && (now != ReceiptOutcome.EXITED || Objects.equals(code, expected));
    String ended = now.text() + (code == null ? "" : " " + code);
    String said = before.ending().outcome().text() + (expected == null ? "" : " " + expected);
    if (options.json()) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("agrees", agrees);
      all.put("outcome", ended);
      all.put("expected", said);
      session.terminal().json(all);
    } else {
      Line outcome =
          agrees
              ? new Line("outcome", ended, ended, Verdict.SAME)
              : new Line("outcome", said, ended, Verdict.DIFFERS);
      ComparedReceipts.print(session.terminal(), outcome);
      session.terminal().line(agrees ? "agrees: it failed in the same way" : "differs: outcome");
    }
    return exit(agrees);
  }

  private static int exit(boolean agrees) {
    return agrees ? ExitCode.DONE.number() : ExitCode.FUNCTION_FAILED.number();
  }
}
