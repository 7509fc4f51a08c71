package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Calls a function for an answer that is wanted whole, and is short. Many threads may call. */
public final class WholeCall {
  /** An answer: what nodes keep of one. */
  public static final int MAX_ANSWER_BYTES = 1 << 20;

  /** Above the longest wall time that a gateway gives a call; the answer is whole by then. */
  public static final Duration MAX_CALL_TIME = Duration.ofSeconds(90);

  private static final int FIRST_ERROR = 400;

  /** Gives up what takes too long; its tasks are short. */
  private static final ScheduledExecutorService CLOCK = clock();

  private final ServerClient gateway;
  private final Map<String, String> headers;
  private final Duration longest;

  /** Calls through this gateway. */
  public WholeCall(ServerClient gateway) {
    this(gateway, Map.of(), MAX_CALL_TIME);
  }

  /**
   * Calls through this gateway.
   *
   * @param headers of each call
   * @param longest after which an answer that is not whole is given up
   */
  public WholeCall(ServerClient gateway, Map<String, String> headers, Duration longest) {
    this.gateway = gateway;
    this.headers = Map.copyOf(headers);
    this.longest = longest;
  }

  private static ScheduledExecutorService clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("limpet-call-clock").factory());
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /**
   * An answer.
   *
   * @param bytes its body; not modified
   * @param fromMemo whether nothing ran for it
   */
  public record Answer(byte[] bytes, boolean fromMemo) {}

  /**
   * Calls, and calls again while the gateway says that it is busy.
   *
   * @param target raw request target
   * @throws CliException when the call fails, or its answer is longer than {@link
   *     #MAX_ANSWER_BYTES}
   */
  public Answer answer(String target) {
    return Patience.ask(() -> once(target));
  }

  private Answer once(String target) {
    HttpRequest.Builder request = gateway.request(target).timeout(longest).GET();
    headers.forEach(request::header);
    long end = System.nanoTime() + longest.toNanos();
    HttpResponse<InputStream> response = gateway.exchange(request.build());
    byte[] body = read(response, end);
    if (response.statusCode() < FIRST_ERROR) {
      return new Answer(body, header(response, Headers.MEMO).equals(MemoState.HIT.text()));
    }
    boolean own =
        !header(response, Headers.EXECUTION).isEmpty() && header(response, Headers.ERROR).isEmpty();
    if (own) {
      throw new CliException(
          ExitCode.FUNCTION_FAILED,
          "http-status",
          "the function answered " + response.statusCode());
    }
    throw Problems.toException(response, body);
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  /** The client's own timeout ends with the head; an answer that drips is given up by this one. */
  private byte[] read(HttpResponse<InputStream> response, long endNanos) {
    InputStream in = response.body();
    AtomicBoolean late = new AtomicBoolean();
    Future<?> alarm =
        CLOCK.schedule(
            () -> {
              late.set(true);
              closed(in);
            },
            Math.max(0, endNanos - System.nanoTime()),
            TimeUnit.NANOSECONDS);
    try (in) {
      byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
      if (bytes.length > MAX_ANSWER_BYTES) {
        throw new CliException(
            ErrorCode.OUT_OF_OUTPUT,
            "the answer is longer than 1 MiB, which is no input of a reduction: let the function"
                + " answer less");
      }
      return bytes;
    } catch (IOException e) {
      throw late.get()
          ? new CliException(
              ErrorCode.OUT_OF_TIME, "the answer was not whole after " + Durations.format(longest))
          : new CliException(ErrorCode.ANSWER_CUT, "the answer broke off: " + e.getMessage());
    } finally {
      alarm.cancel(false);
    }
  }

  private static void closed(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      System.getLogger(WholeCall.class.getName())
          .log(System.Logger.Level.DEBUG, "an answer that is given up did not close", e);
    }
  }
}
