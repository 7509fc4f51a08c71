package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code limpet node}: the node process. */
@Command(
    name = "node",
    description = "Run a node in the foreground: a store, and functions next to it.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: limpet node --gateway http://127.0.0.1:8640 --name shed --dir ./data/shed --quota"
          + " 20GiB"
    })
public final class NodeCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerProcessOptions options = new ServerProcessOptions();

  @Option(names = "--gateway", paramLabel = "URL", description = "The gateway to join.")
  private @Nullable String gateway;

  @Option(
      names = "--gateway-ca",
      paramLabel = "FILE",
      description =
          "PEM file with the authorities to believe when the gateway shows its certificate"
              + " (default: those of the machine).")
  private @Nullable String gatewayCa;

  @Option(names = "--name", paramLabel = "NAME", description = "What the gateway calls this node.")
  private @Nullable String name;

  @Option(
      names = "--quota",
      paramLabel = "BYTES",
      description = "How much data it keeps at most, e.g. 20GiB.")
  private @Nullable String quota;

  @Option(
      names = "--store",
      paramLabel = "embedded|kubo:URL",
      description =
          "Where its owner's data is: in its folder (default), or in the Kubo whose RPC listens"
              + " there, such as kubo:http://127.0.0.1:5001.")
  private @Nullable String store;

  @Option(
      names = "--tls-listen",
      paramLabel = "HOST:PORT",
      description = "Where to speak https (default: 127.0.0.1:8642 with --tls-cert).")
  private @Nullable String tlsListen;

  @Option(
      names = "--max-memory",
      paramLabel = "BYTES",
      description = "Memory of all its functions together, e.g. 256MiB.")
  private @Nullable String maxMemory;

  @Option(
      names = "--max-cpus",
      paramLabel = "N",
      description = "How many functions run at the same time.")
  private @Nullable String maxCpus;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "What this node is, for functions that require it; may be repeated.")
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--allow-functions",
      paramLabel = "deployed|CID",
      split = ",",
      description =
          "The only functions that run here: those that have a name at the gateway, or CIDs of"
              + " functions and modules; may be repeated.")
  private List<String> allowFunctions = new ArrayList<>();

  NodeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    return ServerProcess.node(session.terminal(), launch());
  }

  /** What the options say. */
  ServerLaunch launch() {
    List<String> more = new ArrayList<>();
    ServerProcessOptions.add(more, "gateway", gateway);
    ServerProcessOptions.add(more, "gateway-ca", gatewayCa);
    ServerProcessOptions.add(more, "name", name);
    ServerProcessOptions.add(more, "quota", quota);
    ServerProcessOptions.add(more, "store", store);
    ServerProcessOptions.add(more, "tls-listen", tlsListen);
    ServerProcessOptions.add(more, "max-memory", maxMemory);
    ServerProcessOptions.add(more, "max-cpus", maxCpus);
    ServerProcessOptions.add(more, "labels", joined(labels));
    ServerProcessOptions.add(more, "allow-functions", joined(allowFunctions));
    return options.launch(more);
  }

  /** As a setting that is a list; null, so that the file or its default counts, when empty. */
  private static @Nullable String joined(List<String> items) {
    return items.isEmpty() ? null : String.join(",", items);
  }
}
