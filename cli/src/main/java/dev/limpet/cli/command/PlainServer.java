package dev.limpet.cli.command;

import dev.limpet.cli.Session;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Reads the command line of a gateway or a node where it is plain, which is what scripts and {@code
 * up} write: building picocli's model of it costs more than all the rest of a start. Whatever is
 * not plain, or not right, is left to the model, which says what is wrong.
 */
public final class PlainServer {
  private static final Map<String, String> BOTH =
      Map.of(
          "--listen", "listen",
          "--tls-listen", "tls-listen",
          "--tls-cert", "tls-cert",
          "--tls-key", "tls-key",
          "--node-ca", "node-ca",
          "--dir", "dir",
          "--access-log", "access-log");

  private static final Map<String, String> NODE =
      Map.of(
          "--gateway", "gateway",
          "--name", "name",
          "--store", "store",
          "--gateway-ca", "gateway-ca",
          "--quota", "quota",
          "--max-memory", "max-memory",
          "--max-cpus", "max-cpus");

  private static final Map<String, String> NODE_LISTS =
      Map.of("--label", "labels", "--allow-functions", "allow-functions");

  private static final Map<String, String> GATEWAY_FLAGS =
      Map.of("--public-calls", "public-calls", "--public-data", "public-data");

  private final boolean node;
  private final Map<String, String> values = new LinkedHashMap<>();
  private final List<String> settings = new ArrayList<>();
  private @Nullable Path config;
  private boolean supervised;
  private boolean json;

  private PlainServer(boolean node) {
    this.node = node;
  }

  /** The server to run, or null where the command model has to read {@code arguments}. */
  public static @Nullable Callable<Integer> of(Session session, String... arguments) {
    ServerLaunch launch = read(arguments);
    if (launch == null) {
      return null;
    }
    return arguments[0].equals("node")
        ? () -> ServerProcess.node(session.terminal(), launch)
        : () -> ServerProcess.gateway(session.terminal(), launch);
  }

  /** The same as the model reads, or null. */
  static @Nullable ServerLaunch read(String... arguments) {
    if (arguments.length == 0 || !(arguments[0].equals("node") || arguments[0].equals("gateway"))) {
      return null;
    }
    PlainServer server = new PlainServer(arguments[0].equals("node"));
    int next = 1;
    while (next < arguments.length) {
      int taken = server.take(arguments, next);
      if (taken == 0) {
        return null;
      }
      next += taken;
    }
    return server.launch();
  }

  /** Takes the option at {@code at}; how many words that were, 0 when it is not plain. */
  private int take(String[] arguments, int at) {
    if (flag(arguments[at])) {
      return 1;
    }
    int equals = arguments[at].indexOf('=');
    if (equals > 0) {
      String value = arguments[at].substring(equals + 1);
      return option(arguments[at].substring(0, equals), value) ? 1 : 0;
    }
    boolean more = at + 1 < arguments.length;
    return more && option(arguments[at], arguments[at + 1]) ? 2 : 0;
  }

  private boolean flag(String word) {
    if (word.equals("--supervised") && !supervised) {
      supervised = true;
      return true;
    }
    if (word.equals("--json") && !json) {
      json = true;
      return true;
    }
    String key = node ? null : GATEWAY_FLAGS.get(word);
    return key != null && values.putIfAbsent(key, "true") == null;
  }

  private boolean option(String name, String value) {
    if (!isPlain(value)) {
      return false;
    }
    if (name.equals("--set")) {
      return settings.add(value);
    }
    if (name.equals("--config")) {
      boolean first = config == null;
      config = Path.of(value);
      return first;
    }
    String list = node ? NODE_LISTS.get(name) : null;
    if (list != null) {
      values.merge(list, value, (before, after) -> before + "," + after);
      return true;
    }
    String key = node ? BOTH.getOrDefault(name, NODE.get(name)) : BOTH.get(name);
    return key != null && values.putIfAbsent(key, value) == null;
  }

  /** Nothing that picocli may take for an option, a file of options, quotes or an empty item. */
  private static boolean isPlain(String value) {
    return !value.isEmpty()
        && "-@\"',".indexOf(value.charAt(0)) < 0
        && !value.endsWith(",")
        && !value.contains(",,")
        && value.indexOf('\0') < 0;
  }

  private ServerLaunch launch() {
    List<String> all = new ArrayList<>();
    values.forEach((key, value) -> all.add(key + "=" + value));
    all.addAll(settings);
    return new ServerLaunch(config, all, supervised, json);
  }
}
