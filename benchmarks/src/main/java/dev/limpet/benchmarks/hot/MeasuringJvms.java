package dev.limpet.benchmarks.hot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Measures groups, each in a fresh JVM whose conditions are fixed: it compiles in the foreground,
 * so that what is compiled does not depend on how busy the machine is, and it has one processor, so
 * that handing work to another of its threads never has to wake up an idle one, which costs more
 * than the work. As many run at once as there are processors, at most two.
 */
final class MeasuringJvms {
  private static final int AT_ONCE = 2;
  private static final int PATIENCE_MINUTES = 10;

  private static final List<String> FLAGS =
      List.of(
          "-Xbatch",
          "-XX:+UseSerialGC",
          "-Xms512m",
          "-Xmx512m",
          "-Xmn384m",
          "-XX:-DontCompileHugeMethods",
          "-XX:+DisplayVMOutputToStderr",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  /** Variables with options that a user's JVMs get and these must not. */
  private static final Set<String> MORE_OPTIONS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  private final Path root;
  private final Path folder;
  private final BlockingQueue<List<String>> places;
  private int started;

  MeasuringJvms(Path root, Path folder) throws IOException {
    this.root = root;
    this.folder = folder;
    List<List<String>> pinned = pinned();
    this.places = new ArrayBlockingQueue<>(pinned.size(), true, pinned);
  }

  /** Beginnings of a command that each keep it to one processor; where there are none, an empty. */
  private static List<List<String>> pinned() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status) || !isThere("taskset")) {
      return List.of(List.of());
    }
    try (Stream<String> lines = Files.lines(status)) {
      String allowed =
          lines.filter(line -> line.startsWith("Cpus_allowed_list:")).findFirst().orElseThrow();
      return processors(allowed.substring(allowed.indexOf(':') + 1).strip()).stream()
          .limit(AT_ONCE)
          .map(processor -> List.of("taskset", "-c", Integer.toString(processor)))
          .toList();
    }
  }

  private static boolean isThere(String command) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }

  /**
   * The processors of a list of the kernel's.
   *
   * @param list as {@code 0-3,8}
   */
  static List<Integer> processors(String list) {
    List<Integer> processors = new ArrayList<>();
    for (String range : list.split(",", -1)) {
      String[] ends = range.split("-", 2);
      int last = Integer.parseInt(ends[ends.length - 1]);
      for (int processor = Integer.parseInt(ends[0]); processor <= last; processor++) {
        processors.add(processor);
      }
    }
    return processors;
  }

  /**
   * Measures groups.
   *
   * @throws IllegalStateException with what a child said when it failed
   */
  Map<Group, List<Cost>> measure(Set<Group> groups) throws InterruptedException {
    Map<Group, Future<List<Cost>>> running = new EnumMap<>(Group.class);
    Map<Group, List<Cost>> costs = new EnumMap<>(Group.class);
    try (ExecutorService executor = Executors.newFixedThreadPool(AT_ONCE)) {
      for (Group group : groups) {
        Path own = folder.resolve("jvm-" + started++);
        running.put(group, executor.submit(() -> measure(group, own)));
      }
      for (Map.Entry<Group, Future<List<Cost>>> entry : running.entrySet()) {
        costs.put(entry.getKey(), entry.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("nothing was measured", e.getCause());
    }
    return costs;
  }

  private List<Cost> measure(Group group, Path own) throws IOException, InterruptedException {
    Files.createDirectories(own);
    Path out = own.resolve("out");
    Path err = own.resolve("err");
    List<String> place = places.take();
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command(place, group, own))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      builder.environment().keySet().removeAll(MORE_OPTIONS);
      Process child = builder.start();
      if (!child.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
        child.destroyForcibly();
      }
      if (child.waitFor() != 0) {
        throw new IllegalStateException(group + " failed: " + Files.readString(err));
      }
    } finally {
      places.add(place);
    }
    try (Stream<String> lines = Files.lines(out)) {
      return lines.map(Cost::parse).toList();
    }
  }

  private List<String> command(List<String> place, Group group, Path own) {
    List<String> command = new ArrayList<>(place);
    command.add(Path.of(property("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    command.add("-Djava.util.logging.config.file=" + root.resolve("benchmarks/quiet.properties"));
    command.add("-cp");
    command.add(property("java.class.path"));
    command.add(Measure.class.getName());
    command.addAll(List.of(group.name(), root.toString(), own.toString()));
    return command;
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }
}
