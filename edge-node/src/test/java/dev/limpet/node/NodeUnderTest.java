package dev.limpet.node;

import dev.limpet.node.invoke.AnswerTimes;
import dev.limpet.testkit.wire.WireAnswer;
import dev.limpet.testkit.wire.WireClient;
import dev.limpet.wasmhost.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A node on a free port of loopback, and how to ask it. */
final class NodeUnderTest implements AutoCloseable {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Node node;

  private NodeUnderTest(Node node) {
    this.node = node;
  }

  /** Starts a node in that folder. */
  static NodeUnderTest start(Path dir, String... settings) {
    return start(AnswerTimes.STANDARD, dir, settings);
  }

  /**
   * One that holds what a guest wrote until the guest ends, so that a slow machine makes no stream
   * of a small answer.
   */
  static NodeUnderTest holding(Path dir, String... settings) {
    return start(new AnswerTimes(LONG, AnswerTimes.STANDARD.maxStall()), dir, settings);
  }

  /** One whose calls end when nothing moves for that time. */
  static NodeUnderTest impatient(Duration maxStall, Path dir, String... settings) {
    return start(new AnswerTimes(AnswerTimes.STANDARD.hold(), maxStall), dir, settings);
  }

  /** One with something before its sandbox; it holds answers as {@link #holding} does. */
  static NodeUnderTest before(UnaryOperator<Sandbox> sandbox, Path dir) {
    AnswerTimes held = new AnswerTimes(LONG, AnswerTimes.STANDARD.maxStall());
    return start(new Node.Seams(held, sandbox), dir);
  }

  private static NodeUnderTest start(AnswerTimes answers, Path dir, String... settings) {
    return start(new Node.Seams(answers, Node.Seams.NONE.sandbox()), dir, settings);
  }

  private static NodeUnderTest start(Node.Seams seams, Path dir, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of("listen=127.0.0.1:0", "dir=" + dir, "name=shed", "compiler=inline"));
    all.addAll(List.of(settings));
    return new NodeUnderTest(Node.start(NodeConfig.load(null, Map.of(), all), seams));
  }

  URI url() {
    return node.url();
  }

  Node node() {
    return node;
  }

  /** A request without a body. */
  WireAnswer ask(String startLine, String... lines) {
    return WireClient.ask(url(), WireClient.request(startLine, null, lines));
  }

  /** Whether it says that it has joined its gateway. */
  boolean isJoined() {
    return ask("GET /v1/node").text().contains("\"joined\":true");
  }

  /** Adds a CAR. */
  WireAnswer add(byte[] car, String... lines) {
    try (WireClient client = WireClient.connect(url())) {
      return client.send(addHead(car.length, lines)).send(car).answer();
    }
  }

  /** The head of a request that adds a CAR of that length. */
  static String addHead(long length, String... lines) {
    StringBuilder head =
        new StringBuilder("POST /v1/dags HTTP/1.1\r\nHost: localhost\r\n")
            .append("Content-Type: application/vnd.ipld.car\r\nContent-Length: ")
            .append(length)
            .append("\r\n");
    for (String line : lines) {
      head.append(line).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  /** A body as it stands in a request string of {@link WireClient}. */
  static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** The value of a metric, which must be there. */
  long metric(String name) {
    return metric(ask("GET /metrics").text(), name);
  }

  /** The same in the text of all of them. */
  static long metric(String all, String name) {
    return all.lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name));
  }

  /** Changes one byte of a block where it lies in a segment of what is kept in that folder. */
  static void damage(Path dir, byte[] block) throws IOException {
    try (Stream<Path> files = Files.list(dir.resolve("blocks"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".car")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        int at = NodeUnderTest.latin1(bytes).indexOf(NodeUnderTest.latin1(block));
        if (at >= 0) {
          try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~bytes[at + 10]}), at + 10);
          }
          return;
        }
      }
    }
    throw new IOException("no segment has the block");
  }

  @Override
  public void close() {
    node.close();
  }
}
