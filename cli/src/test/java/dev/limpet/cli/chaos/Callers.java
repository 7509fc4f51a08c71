package dev.limpet.cli.chaos;

import dev.limpet.cli.client.JsonObject;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Callers, each of whom asks again as soon as he has his answer, and knows what it must be. An
 * answer is right, or it says with an allowed code why there is none, or its body breaks off so
 * that the caller sees it. All else is wrong.
 */
final class Callers implements AutoCloseable {
  /** What a caller may hear when nodes die and links break, and never that his data is unknown. */
  static final Set<String> ALLOWED =
      List.of(
              ErrorCode.OVERLOADED,
              ErrorCode.HOLDERS_OFFLINE,
              ErrorCode.DATA_UNAVAILABLE,
              ErrorCode.NO_NODE,
              ErrorCode.UNREACHABLE,
              ErrorCode.NODE_FAILED,
              ErrorCode.NODE_MEMORY,
              ErrorCode.DRAINING,
              ErrorCode.COMPILING,
              ErrorCode.OUT_OF_TIME)
          .stream()
          .map(ErrorCode::code)
          .collect(Collectors.toUnmodifiableSet());

  /** The time that each call asks for; it is told when that is over. */
  private static final String TIMEOUT = "2s";

  /** A call without any answer after this long is lost. */
  private static final Duration LOST = Duration.ofSeconds(60);

  private static final int MOST_ECHOED = 100_000;
  private static final int OK = 200;

  /** Bytes of a wrong body that are told; a whole problem is among them. */
  private static final int SHOWN = 400;

  private final Fleet fleet;
  private final Tally tally;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopping;

  /** A request, and the only body that is right. */
  private record Expected(HttpRequest request, byte[] body) {}

  Callers(Fleet fleet, Tally tally) {
    this.fleet = fleet;
    this.tally = tally;
  }

  /** Begins with so many callers. */
  void start(int callers, Random random) {
    for (int i = 0; i < callers; i++) {
      Random own = new Random(random.nextLong());
      threads.add(Thread.ofVirtual().name("caller-" + i).start(() -> loop(own)));
    }
  }

  private void loop(Random random) {
    while (!stopping) {
      call(one(random));
    }
  }

  /** Each datum once through its function. */
  void callAll() {
    for (Fleet.Datum datum : fleet.data()) {
      call(new Expected(onData(datum).build(), datum.content()));
    }
  }

  private Expected one(Random random) {
    Fleet.Datum datum = fleet.data().get(random.nextInt(fleet.data().size()));
    return switch (random.nextInt(4)) {
      case 0 -> echo(random);
      case 1 ->
          new Expected(
              to("/ipfs/" + datum.cid() + "/" + Fleet.FILE).GET().build(), datum.content());
      case 2 -> new Expected(onData(datum).build(), datum.content());
      // Most answers are in the gateway's memory by now; this one is made anew.
      default ->
          new Expected(onData(datum).header("Cache-Control", "no-cache").build(), datum.content());
    };
  }

  private HttpRequest.Builder onData(Fleet.Datum datum) {
    return to("/on/" + datum.cid() + "/-/copy").GET();
  }

  private Expected echo(Random random) {
    byte[] body = new byte[random.nextInt(MOST_ECHOED)];
    random.nextBytes(body);
    return new Expected(to("/fn/echo").POST(BodyPublishers.ofByteArray(body)).build(), body);
  }

  private HttpRequest.Builder to(String target) {
    return HttpRequest.newBuilder(URI.create(fleet.gateway() + target))
        .timeout(LOST)
        .header(Headers.TIMEOUT, TIMEOUT);
  }

  private void call(Expected expected) {
    HttpResponse<InputStream> answer;
    try {
      answer = http.send(expected.request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      tally.wrong(
          expected.request.method() + " " + expected.request.uri() + ": no answer at all: " + e);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try (InputStream body = answer.body()) {
      judge(expected, answer, body.readAllBytes());
    } catch (IOException e) {
      tally.failed("cut");
    }
  }

  private void judge(Expected expected, HttpResponse<InputStream> answer, byte[] body) {
    String code = answer.headers().firstValue(Headers.ERROR).orElse("");
    if (answer.statusCode() == OK && Arrays.equals(body, expected.body)) {
      tally.right();
    } else if (answer.statusCode() != OK && ALLOWED.contains(code)) {
      tally.failed(code);
    } else {
      tally.wrong(
          expected.request.method()
              + " "
              + expected.request.uri()
              + ": "
              + differs(expected, answer, body));
    }
  }

  /** All that helps to find out why: the head, and where the body begins to be another one. */
  private static String differs(Expected expected, HttpResponse<?> answer, byte[] body) {
    int from = Math.max(0, Arrays.mismatch(body, expected.body));
    return "%d %s%n  %d bytes for %d, from byte %d%n  %s%n  for %s"
        .formatted(
            answer.statusCode(),
            answer.headers().map(),
            body.length,
            expected.body.length,
            from,
            begin(body, from),
            begin(expected.body, from));
  }

  /** Some bytes from there, as text if they are text. */
  private static String begin(byte[] bytes, int from) {
    byte[] some =
        Arrays.copyOfRange(
            bytes, Math.min(from, bytes.length), Math.min(from + SHOWN, bytes.length));
    String text = new String(some, StandardCharsets.ISO_8859_1);
    return text.chars().allMatch(c -> c == '\n' || (c >= ' ' && c <= '~'))
        ? text
        : HexFormat.of().formatHex(some);
  }

  /** An answer of the gateway about itself. */
  static JsonObject json(URI gateway, String target) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request = HttpRequest.newBuilder(URI.create(gateway + target)).build();
      return JsonObject.parse(http.send(request, BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Lets the calls that are under way end. */
  @Override
  public void close() {
    stopping = true;
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while calls end", e);
    } finally {
      http.close();
    }
  }
}
