package dev.limpet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.limpet.testkit.wire.WireClient;
import dev.limpet.testkit.wire.WireHead;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Streams both ways at once through a gateway and a node, each a process with 64 MiB of heap. */
@Timeout(600)
class StreamsTest {
  private static final String HEAP = "-Xmx64m";
  private static final int PIECE = 256 << 10;
  private static final int STOP_SECONDS = 60;

  @TempDir private static Path directory = Path.of("");

  @SuppressWarnings("NullAway.Init") // set by start()
  private static Process up;

  @SuppressWarnings("NullAway.Init") // set by start()
  private static URI gateway;

  @BeforeAll
  static void start() throws IOException {
    Path log = directory.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.limpet.cli.Main",
            "up",
            "--nodes=1",
            "--listen=127.0.0.1:0",
            "--dir=" + directory.resolve("data"));
    builder.environment().put("LIMPET_JAVA_OPTS_NODE", HEAP);
    builder.environment().put("LIMPET_JAVA_OPTS_GATEWAY", HEAP + " -XX:TieredStopAtLevel=1");
    up = builder.redirectError(Redirect.to(log.toFile())).start();
    BufferedReader out = up.inputReader(StandardCharsets.UTF_8);
    String line = String.valueOf(out.readLine());
    assertTrue(line.startsWith("ready http"), () -> line + "\n" + read(log));
    gateway = URI.create(line.substring("ready ".length()));
    Path manifest =
        Path.of(System.getProperty("limpet.root", ".."), "functions-examples/echo/limpet.json");
    RecordingTerminal deploy = new RecordingTerminal();
    int exit =
        deploy.run("deploy", manifest.toString(), "--name", "echo", "--gateway", gateway + "");
    assertEquals(0, exit, deploy.err());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @AfterAll
  static void stop() throws InterruptedException {
    up.destroy();
    if (!up.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      up.destroyForcibly();
    }
  }

  private static String request(String type) {
    return "POST /fn/echo HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
        + type
        + "\r\nTransfer-Encoding: chunked\r\n\r\n";
  }

  @Test
  @Tag("long")
  void each_event_reaches_the_caller_before_the_next_is_sent() throws IOException {
    try (WireClient caller = WireClient.connect(gateway)) {
      WireHead head = caller.send(request("text/event-stream")).head();
      assertEquals(200, head.status());
      assertEquals("text/event-stream", head.header("Content-Type").orElse(""));
      InputStream answer = caller.body(head);
      for (int i = 0; i < 5; i++) {
        String event = "data: " + i + "\n\n";
        caller.send(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
        byte[] read = answer.readNBytes(event.length());
        assertEquals(event, new String(read, StandardCharsets.UTF_8));
      }
      caller.send("0\r\n\r\n");
      assertEquals(-1, answer.read());
    }
  }

  @Test
  @Tag("long")
  void what_goes_in_comes_out_while_it_goes_in() throws Exception {
    streams(96L << 20);
  }

  @Test
  @Tag("nightly")
  void a_gibibyte_goes_in_and_comes_out() throws Exception {
    streams(1L << 30);
  }

  private static void streams(long bytes) throws Exception {
    long start = System.nanoTime();
    try (WireClient caller = WireClient.connect(gateway)) {
      caller.send(request("application/octet-stream"));
      CompletableFuture<String> sent =
          CompletableFuture.supplyAsync(() -> send(caller, bytes), Thread::startVirtualThread);
      WireHead head = caller.head();
      assertEquals(200, head.status());
      MessageDigest digest = sha256();
      long came = 0;
      byte[] piece = new byte[PIECE];
      InputStream answer = caller.body(head);
      for (int read = answer.read(piece); read >= 0; read = answer.read(piece)) {
        digest.update(piece, 0, read);
        came += read;
      }
      assertEquals(bytes, came);
      assertEquals(sent.join(), HexFormat.of().formatHex(digest.digest()));
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.getLogger(StreamsTest.class.getName())
        .log(
            System.Logger.Level.INFO,
            "{0} MiB both ways in {1} s, {2} MB/s",
            bytes >> 20,
            seconds,
            bytes / 1e6 / seconds);
  }

  /** Sends a body of that length that no compression or deduplication can make shorter. */
  private static String send(WireClient caller, long bytes) {
    SplittableRandom random = new SplittableRandom(bytes);
    MessageDigest digest = sha256();
    byte[] piece = new byte[PIECE];
    byte[] size = (Integer.toHexString(PIECE) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] end = "\r\n".getBytes(StandardCharsets.US_ASCII);
    for (long sent = 0; sent < bytes; sent += PIECE) {
      random.nextBytes(piece);
      digest.update(piece);
      caller.send(size).send(piece).send(end);
    }
    caller.send("0\r\n\r\n");
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
