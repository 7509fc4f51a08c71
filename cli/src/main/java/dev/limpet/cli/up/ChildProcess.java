package dev.limpet.cli.up;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One server in a JVM of its own. It says {@code ready URL} on standard output when it accepts
 * calls; its log goes, line by line, to the listener. The child reads its standard input and stops
 * when that ends, so that it never outlives us, not even after kill -9.
 */
final class ChildProcess {
  private static final String READY = "ready ";

  /**
   * Tells {@code ./limpet} to run what is built as it is, with the options of a supervised server.
   */
  private static final String SUPERVISED = "LIMPET_SUPERVISED";

  /** A line of a child's log beyond this is cut: a guest may have chosen it. */
  private static final int MAX_LOG_LINE_CHARS = 4000;

  private final Process process;
  private final CompletableFuture<URI> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> logEnd = new CompletableFuture<>();
  private volatile String lastLine = "";

  private ChildProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts one.
   *
   * @param command the words, with {@code --supervised} among them
   * @param log gets each line of its standard error
   */
  static ChildProcess start(List<String> command, Consumer<String> log) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put(SUPERVISED, "1");
    try {
      ChildProcess child = new ChildProcess(builder.start());
      // Reading a pipe holds a carrier, so on two cores virtual readers would keep others waiting.
      Thread.ofPlatform().daemon().name("child-output").start(() -> child.readOutput(log));
      Thread.ofPlatform().daemon().name("child-log").start(() -> child.readLog(log));
      return child;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start " + command.getFirst(), e);
    }
  }

  /** Completes with its URL, or fails when it ends before it was ready. */
  CompletableFuture<URI> ready() {
    return ready;
  }

  /** Completes when the process is gone, with its exit code. */
  CompletableFuture<Integer> exit() {
    return process.onExit().thenApply(Process::exitValue);
  }

  /** Its last line of log, which says why it ended, without our own prefix. */
  String lastWords() {
    String words = lastLine.replaceFirst("^limpet: ", "");
    return words.isEmpty() ? "it said nothing" : words;
  }

  long pid() {
    return process.pid();
  }

  /** SIGTERM, and SIGKILL when it is still there after {@code seconds}. */
  void stop(int seconds) {
    process.destroy();
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private void readOutput(Consumer<String> log) {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(READY)) {
          ready.complete(URI.create(line.substring(READY.length()).strip()));
        }
      }
    } catch (IOException e) {
      log.accept("its output broke off: " + e.getMessage());
    }
    logEnd.join();
    ready.completeExceptionally(new IllegalStateException("ended before it was ready"));
  }

  private void readLog(Consumer<String> log) {
    try (BufferedReader lines = process.errorReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        lastLine = line.substring(0, Math.min(line.length(), MAX_LOG_LINE_CHARS));
        log.accept(lastLine);
      }
    } catch (IOException e) {
      log.accept("its log broke off: " + e.getMessage());
    } finally {
      logEnd.complete(null);
    }
  }
}
