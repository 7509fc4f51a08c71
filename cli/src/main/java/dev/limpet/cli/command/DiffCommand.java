package dev.limpet.cli.command;

import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.protocol.receipt.ReceiptComparison;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code limpet diff}: where two receipts of a Task part. */
@Command(
    name = "diff",
    description = "Where two receipts of the same work part, line by line.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "same: both say it. DIFFERS: they cannot both be right. aside: it may be different.",
      "Exit code 0: they agree; 1: they do not.",
      "",
      "Examples:",
      "  limpet diff one.receipt other.receipt",
      "  limpet diff one.receipt bafyrei…"
    })
public final class DiffCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "RECEIPT", description = "A file, or a CID.")
  private String first = "";

  @Parameters(index = "1", paramLabel = "RECEIPT", description = "A file, or a CID.")
  private String second = "";

  DiffCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ShownReceipt one = ShownReceipt.of(first, () -> session.gateway(options));
    ShownReceipt other = ShownReceipt.of(second, () -> session.gateway(options));
    ReceiptComparison comparison = ReceiptComparison.of(one.receipt(), other.receipt());
    if (options.json()) {
      Map<String, Object> all = new LinkedHashMap<>(ComparedReceipts.json(comparison));
      all.put("firstHolds", one.holds());
      all.put("secondHolds", other.holds());
      session.terminal().json(all);
    } else {
      print(one, other, comparison);
    }
    return comparison.agrees() ? ExitCode.DONE.number() : ExitCode.FUNCTION_FAILED.number();
  }

  private void print(ShownReceipt one, ShownReceipt other, ReceiptComparison comparison) {
    ComparedReceipts.note(session.terminal(), one.note("the first receipt"));
    ComparedReceipts.note(session.terminal(), other.note("the second receipt"));
    ComparedReceipts.print(session.terminal(), comparison);
    boolean sameWork = one.receipt().work().id().equals(other.receipt().work().id());
    session
        .terminal()
        .line(
            comparison.agrees()
                ? "they agree"
                : sameWork
                    ? "they part: " + String.join(", ", comparison.differences())
                    : "these are receipts of two Tasks: they need not agree");
  }
}
