package dev.limpet.cli.command;

import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ReceiptDownload;
import dev.limpet.cli.client.Targets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet receipt}: the file that proves a receipt, on standard output. */
@Command(
    name = "receipt",
    description = "The file that proves a receipt; waits until it is in the log of its node.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "The CID stands in Limpet-Receipt of an answer.",
      "",
      "Examples:",
      "  limpet receipt bafyrei… > answer.receipt",
      "  limpet receipt bafyrei… --dsse > answer.intoto.json"
    })
public final class ReceiptCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(paramLabel = "CID", description = "The CID of the receipt.")
  private String receipt = "";

  @Option(
      names = "--dsse",
      description =
          "A statement for other tools instead: SLSA provenance (in-toto) in a DSSE envelope,"
              + " signed by the operator, who has looked at the receipt first.")
  private boolean dsse;

  ReceiptCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    String target = "/v1/receipts/" + Targets.segment(receipt) + (dsse ? "?format=dsse" : "");
    try (InputStream file = ReceiptDownload.open(session.gateway(options), target)) {
      OutputStream out = session.terminal().out();
      file.transferTo(out);
      out.flush();
      return ExitCode.DONE.number();
    } catch (IOException e) {
      throw ReceiptDownload.brokeOff(e);
    }
  }
}
