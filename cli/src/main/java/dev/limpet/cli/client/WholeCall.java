package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.cli.ExitCode;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.MemoState;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Calls a function for an answer that is wanted whole, and is short. Many threads may call. */
public final class WholeCall {
  /** An answer: what nodes keep of one. */
  public static final int MAX_ANSWER_BYTES = 1 << 20;

  /** Above the longest wall time that a gateway gives a call. */
  private static final Duration MAX_CALL_TIME = Duration.ofSeconds(90);

  private static final int FIRST_ERROR = 400;

  private final ServerClient gateway;

  /** Calls through this gateway. */
  public WholeCall(ServerClient gateway) {
    this.gateway = gateway;
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
    HttpResponse<InputStream> response =
        gateway.exchange(gateway.request(target).timeout(MAX_CALL_TIME).GET().build());
    byte[] body = read(response);
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

  private static byte[] read(HttpResponse<InputStream> response) {
    try (InputStream in = response.body()) {
      byte[] bytes = in.readNBytes(MAX_ANSWER_BYTES + 1);
      if (bytes.length > MAX_ANSWER_BYTES) {
        throw new CliException(
            ErrorCode.OUT_OF_OUTPUT,
            "the answer is longer than 1 MiB, which is no input of a reduction: let the function"
                + " answer less");
      }
      return bytes;
    } catch (IOException e) {
      throw new CliException(ErrorCode.ANSWER_CUT, "the answer broke off: " + e.getMessage());
    }
  }
}
