package dev.limpet.cli.command;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.JsonObject;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.terminal.Amounts;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code limpet doctor}: what is wrong here, and the line that mends it. */
@Command(
    name = "doctor",
    description = "Check this machine, the gateway and its nodes; say what to mend.",
    mixinStandardHelpOptions = true,
    footer = {"", "Exit code 0 when nothing is red. Example: limpet doctor"})
public final class DoctorCommand implements Callable<Integer> {
  private static final long LOW_DISK_BYTES = 1L << 30;

  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  private final List<Finding> findings = new ArrayList<>();

  /**
   * One line of the report.
   *
   * @param state {@code ok}, {@code warn} or {@code fail}
   */
  private record Finding(String state, String what, String detail) {}

  DoctorCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    checkJvm();
    checkDisk();
    checkGateway();
    for (Finding finding : findings) {
      if (options.json()) {
        session
            .terminal()
            .json(Map.of("state", finding.state, "what", finding.what, "detail", finding.detail));
      } else {
        String state = (finding.state + "    ").substring(0, 6);
        session.terminal().line(state + finding.what + ": " + finding.detail);
      }
    }
    boolean red = findings.stream().anyMatch(finding -> finding.state.equals("fail"));
    return red ? ExitCode.FUNCTION_FAILED.number() : ExitCode.DONE.number();
  }

  private void checkJvm() {
    Runtime.Version version = Runtime.version();
    add(version.feature() == 25 ? "ok" : "fail", "java", "runs on " + version);
    int cores = Runtime.getRuntime().availableProcessors();
    add("ok", "cores", Integer.toString(cores));
  }

  private void checkDisk() {
    Path home = Path.of(System.getProperty("user.home"));
    try {
      FileStore store = Files.getFileStore(home);
      long free = store.getUsableSpace();
      String state = free < LOW_DISK_BYTES ? "warn" : "ok";
      add(state, "disk", Amounts.bytes(free) + " free under " + home);
    } catch (IOException e) {
      add("warn", "disk", "cannot look at " + home + ": " + e.getMessage());
    }
  }

  private void checkGateway() {
    ServerClient gateway = session.gateway(options);
    List<JsonObject> nodes;
    try {
      nodes = gateway.list("/v1/nodes");
      add("ok", "gateway", "answers at " + gateway.base());
    } catch (CliException e) {
      add("fail", "gateway", e.detail());
      return;
    }
    if (nodes.isEmpty()) {
      add("warn", "nodes", "none joined: 'limpet node --gateway " + gateway.base() + "'");
    }
    for (JsonObject node : nodes) {
      checkNode(node);
    }
  }

  private void checkNode(JsonObject node) {
    String what = "node " + node.text("name");
    if (!node.text("state").equals("ready")) {
      add("warn", what, node.text("state") + ", last seen " + node.text("lastSeen"));
      return;
    }
    ServerClient direct = session.node(Session.parseUrl(node.text("url")), options);
    boolean reachable = direct.isReachable();
    String detail =
        reachable
            ? "ready, reachable from here at " + direct.base()
            : "ready, but not reachable from here at "
                + direct.base()
                + ": 'limpet add' needs that";
    add(reachable ? "ok" : "warn", what, detail);
  }

  private void add(String state, String what, String detail) {
    findings.add(new Finding(state, what, detail));
  }
}
