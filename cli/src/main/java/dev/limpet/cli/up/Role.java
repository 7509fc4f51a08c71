package dev.limpet.cli.up;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The two kinds of servers, and what starts one. */
enum Role {
  /** A gateway. */
  GATEWAY("gateway", "-Xmx256m -XX:+ExitOnOutOfMemoryError", "LIMPET_JAVA_OPTS_GATEWAY"),
  /** A node: what guests are denied is no end of it, and what is one it finds out itself. */
  NODE("node", "-Xmx512m", "LIMPET_JAVA_OPTS_NODE");

  /** As {@code ./limpet} has them. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:-DontCompileHugeMethods",
          // SQLite and epoll are native libraries; Netty reads its buffers through Unsafe.
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final String word;
  private final String options;
  private final String variable;

  Role(String word, String options, String variable) {
    this.word = word;
    this.options = options;
    this.variable = variable;
  }

  /**
   * The words that start one, to add to. Where {@code ./limpet} started this process it starts
   * others too: it knows whether there is an AOT cache that may be used. Else, as in tests, it is
   * the JVM and the class path of this process.
   */
  List<String> command() {
    String root = System.getenv().getOrDefault("LIMPET_ROOT", "");
    List<String> command =
        root.isEmpty() ? jvm() : new ArrayList<>(List.of(Path.of(root, "limpet").toString()));
    command.addAll(List.of(word, "--supervised"));
    return command;
  }

  private List<String> jvm() {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(JVM);
    command.addAll(List.of(options.split(" ")));
    String more = System.getenv().getOrDefault(variable, "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split("\\s+")));
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.limpet.cli.Main"));
    return command;
  }
}
