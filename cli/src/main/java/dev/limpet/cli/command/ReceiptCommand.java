package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.Targets;
import dev.limpet.protocol.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
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
  /** A receipt is in the log a fifth of a second after it was promised, on a slow disk later. */
  private static final int MAX_RECEIPT_ASKS = 30;

  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int ACCEPTED = 202;

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
    ServerClient gateway = session.gateway(options);
    for (int asked = 0; asked < MAX_RECEIPT_ASKS; asked++) {
      HttpResponse<InputStream> answer = gateway.stream(gateway.request(target).GET().build());
      try (InputStream body = answer.body()) {
        if (answer.statusCode() != ACCEPTED) {
          OutputStream out = session.terminal().out();
          body.transferTo(out);
          out.flush();
          return ExitCode.DONE.number();
        }
      } catch (IOException e) {
        throw new CliException(ErrorCode.UNREACHABLE, "the receipt broke off: " + e.getMessage());
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new CliException(
        ErrorCode.OVERLOADED, "the receipt is still not in the log of its node; ask again later");
  }
}
