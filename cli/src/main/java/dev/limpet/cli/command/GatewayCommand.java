package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpet gateway}: the gateway process. */
@Command(
    name = "gateway",
    description = "Run a gateway in the foreground.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example: limpet gateway --listen 127.0.0.1:8640 --dir ./data/gateway"})
public final class GatewayCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerProcessOptions options = new ServerProcessOptions();

  @Option(
      names = "--public-calls",
      description = "Callers without a token may call deployed names on data already held.")
  private boolean publicCalls;

  @Option(names = "--public-data", description = "Callers without a token may read /ipfs.")
  private boolean publicData;

  @Option(
      names = "--tls-listen",
      paramLabel = "HOST:PORT",
      description = "Where to speak https, HTTP/2 too (default: 127.0.0.1:8443 with --tls-cert).")
  private @Nullable String tlsListen;

  GatewayCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return ServerProcess.gateway(session.terminal(), launch());
  }

  /** What the options say. */
  ServerLaunch launch() {
    List<String> more = new ArrayList<>();
    ServerProcessOptions.add(more, "public-calls", publicCalls ? "true" : null);
    ServerProcessOptions.add(more, "public-data", publicData ? "true" : null);
    ServerProcessOptions.add(more, "tls-listen", tlsListen);
    return options.launch(more);
  }
}
