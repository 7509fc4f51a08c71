package dev.limpet.wasmhost.compiler;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Starts a JVM like this one, from the same class path, that compiles. Of this process's
 * environment it gets what names files and nothing else: no token, no options.
 */
final class CompilerCommand {

  /** A property of this process: the AOT cache from which that JVM starts. */
  private static final String CACHE = "limpet.compiler.aot";

  /** The same: where that JVM records one. */
  private static final String NEW_CACHE = "limpet.compiler.aot-output";

  private static final List<String> KEPT_VARIABLES =
      List.of("LC_ALL", "LC_CTYPE", "LANG", "MALLOC_ARENA_MAX");

  /**
   * The first compiler tier alone: it lives for moments. Out of memory it ends at once, with exit
   * code 3; what it says itself must not get between its answers. The engine loads what it makes,
   * and the largest module's classes take some 20 MiB.
   */
  private static final List<String> FLAGS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-XX:-UsePerfData",
          "-XX:MaxMetaspaceSize=192m",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:+DisplayVMOutputToStderr",
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "-Xlog:cds=off",
          "-Xlog:aot=off");

  /** As for the servers: pages of the cache are shared, and nothing is compiled before its time. */
  private static final List<String> CACHE_FLAGS =
      List.of(
          "-XX:+UnlockDiagnosticVMOptions",
          "-XX:ArchiveRelocationMode=0",
          "-XX:-AOTRecordTraining",
          "-XX:-AOTReplayTraining");

  private CompilerCommand() {}

  static Process start(CompilerBounds bounds) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words(bounds));
    Map<String, String> kept = new TreeMap<>(builder.environment());
    kept.keySet().retainAll(KEPT_VARIABLES);
    builder.environment().clear();
    builder.environment().putAll(kept);
    return builder.start();
  }

  private static List<String> words(CompilerBounds bounds) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.add("-Xmx" + bounds.heapBytes());
    words.addAll(FLAGS);
    addCache(words, "-XX:AOTCache=", System.getProperty(CACHE));
    addCache(words, "-XX:AOTCacheOutput=", System.getProperty(NEW_CACHE));
    words.addAll(List.of("-cp", System.getProperty("java.class.path")));
    words.add(CompilerMain.class.getName());
    return words;
  }

  private static void addCache(List<String> words, String flag, @Nullable String file) {
    if (file != null) {
      words.addAll(CACHE_FLAGS);
      words.add(flag + file);
    }
  }
}
