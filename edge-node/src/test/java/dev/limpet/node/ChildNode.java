package dev.limpet.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.limpet.content.ChildJvm;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A node in a process of its own, as small as a small machine would have it. */
final class ChildNode implements AutoCloseable {

  private final Process process;
  private final URI url;

  private ChildNode(Process process, URI url) {
    this.process = process;
    this.url = url;
  }

  /** Starts it and waits until it listens. */
  static ChildNode start(Path dir) throws IOException {
    return start(dir, "-Xmx512m");
  }

  /** The same with another heap. */
  static ChildNode start(Path dir, String heap) throws IOException {
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of(heap, "-XX:+UseSerialGC", "-XX:-DontCompileHugeMethods"),
                    KilledNodeMain.class,
                    List.of(dir.toString())))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.startsWith("ready ")) {
        return new ChildNode(process, URI.create(line.substring("ready ".length())));
      }
    }
    process.destroyForcibly();
    throw new IOException("the node did not start");
  }

  /** Whether its process still runs. */
  boolean isAlive() {
    return process.isAlive();
  }

  /** Where it listens. */
  URI url() {
    return url;
  }

  /** How long a call takes on that connection; it must succeed. */
  static long nanosOfCall(WireClient client, SampleFunction function) {
    TestCall call = TestCall.of(function);
    long begin = System.nanoTime();
    WireAnswer answer = call.send(client).answer();
    long nanos = System.nanoTime() - begin;
    assertEquals(200, answer.status(), answer::text);
    return nanos;
  }

  /** A new connection. */
  WireClient connect() {
    return WireClient.connect(url);
  }

  /** The value of a metric, which must be there. */
  long metric(String name) {
    WireAnswer all = WireClient.ask(url, WireClient.request("GET /metrics", null));
    return NodeUnderTest.metric(all.text(), name);
  }

  /** Gives it a function, as a gateway does. */
  WireAnswer push(SampleFunction function) {
    return function.pushTo(url);
  }

  /** Calls a function of it. */
  WireAnswer call(SampleFunction function) {
    try (WireClient client = connect()) {
      return TestCall.of(function).send(client).answer();
    }
  }

  @Override
  public void close() {
    kill();
  }

  /** Ends it as {@code kill -9} does, and waits until it is gone. */
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException("interrupted while a node ends", e));
    }
  }
}
