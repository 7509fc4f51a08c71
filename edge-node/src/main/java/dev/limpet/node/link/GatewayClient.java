package dev.limpet.node.link;

import dev.limpet.protocol.Announcement;
import dev.limpet.protocol.AnnouncementKind;
import dev.limpet.protocol.Challenge;
import dev.limpet.protocol.Durations;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Json;
import dev.limpet.protocol.LimpetException;
import dev.limpet.protocol.NodeJoin;
import dev.limpet.protocol.NodeState;
import dev.limpet.protocol.NodeWelcome;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.access.BelievingClient;
import dev.limpet.protocol.tlog.WitnessRequest;
import dev.limpet.protocol.tls.Authorities;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What a node asks of its gateway. Redirects are not followed: a token goes to the gateway that was
 * configured and to nobody else.
 */
final class GatewayClient implements AutoCloseable {
  private static final Duration CONNECT_TIME = Duration.ofSeconds(5);

  /** The gateway writes an announcement to its database before it answers. */
  private static final Duration ANSWER_TIME = Duration.ofSeconds(15);

  /** A node that stops does not wait long for a gateway that hangs. */
  private static final Duration GOODBYE_TIME = Duration.ofSeconds(2);

  private static final int FIRST_FAILURE = 300;
  private static final int CONFLICT = 409;

  private final URI gateway;
  private final BelievingClient client;
  private final Duration answerTime;

  GatewayClient(URI gateway, Authorities authorities) {
    this(gateway, authorities, ANSWER_TIME);
  }

  GatewayClient(URI gateway, Authorities authorities, Duration answerTime) {
    this.gateway = gateway;
    this.answerTime = answerTime;
    this.client =
        new BelievingClient(gateway, authorities, plain -> plain.connectTimeout(CONNECT_TIME));
  }

  /** Asks for something to sign. */
  Challenge challenge(@Nullable String joinToken) throws IOException, InterruptedException {
    byte[] answer = post("/v1/nodes/challenges", joinToken, new byte[0]);
    return Json.read(Challenge.class, answer, NodeWelcome.MAX_JSON_BYTES);
  }

  /** Joins. */
  NodeWelcome join(@Nullable String joinToken, NodeJoin join)
      throws IOException, InterruptedException {
    byte[] answer = post("/v1/nodes", joinToken, Json.write(join));
    return Json.read(NodeWelcome.class, answer, NodeWelcome.MAX_JSON_BYTES);
  }

  /** Tells something; answers what the gateway thinks of this node, or null. */
  @Nullable NodeState announce(String nodeToken, Announcement said)
      throws IOException, InterruptedException {
    boolean goodbye = said.kind() == AnnouncementKind.GOODBYE;
    Reply reply =
        post(
            "/v1/nodes/announcements",
            nodeToken,
            Json.write(said),
            goodbye ? GOODBYE_TIME : answerTime);
    return reply.state();
  }

  /** What the operator says of this node: a signed note. */
  String enrolment(String nodeToken) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/witness/enrolment"));
    return text(send(request.GET(), nodeToken, answerTime));
  }

  /** What the gateway says to a checkpoint of this node's log. */
  sealed interface Seen {
    /**
     * It cosigned.
     *
     * @param line of the signature
     */
    record Cosigned(String line) implements Seen {}

    /**
     * It knows another size than the request began with.
     *
     * @param size that it knows
     */
    record Elsewhere(long size) implements Seen {}
  }

  /** Shows a checkpoint of this node's log (C2SP tlog-witness). */
  Seen witness(String nodeToken, WitnessRequest shown) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway + "/v1/witness/add-checkpoint"))
            .header("Content-Type", "application/octet-stream")
            .POST(BodyPublishers.ofString(shown.toString()));
    HttpResponse<byte[]> response = send(request, nodeToken, answerTime);
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (response.statusCode() == CONFLICT && type.startsWith("text/x.tlog.size")) {
      String size = new String(response.body(), StandardCharsets.UTF_8).strip();
      if (!size.matches("[0-9]{1,18}")) {
        throw new IOException("it answered with a size that is none");
      }
      return new Seen.Elsewhere(Long.parseLong(size));
    }
    return new Seen.Cosigned(text(response).strip());
  }

  /**
   * The whole answer, within {@code patience} from the first byte to the last: the time of a
   * request of the client's ends at the headers.
   */
  private HttpResponse<byte[]> send(
      HttpRequest.Builder request, @Nullable String token, Duration patience)
      throws IOException, InterruptedException {
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client
            .now()
            .sendAsync(
                request.build(),
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), Problem.MAX_JSON_BYTES));
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("the gateway took longer than " + Durations.format(patience));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof IOException known) {
        throw known; // its kind tells what is to be done
      }
      throw new IOException(reason(cause), cause);
    } finally {
      answer.cancel(true);
    }
  }

  private static String reason(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  private static String text(HttpResponse<byte[]> response) {
    requireDone(response);
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static void requireDone(HttpResponse<byte[]> response) {
    if (response.statusCode() >= FIRST_FAILURE) {
      throw new LimpetException(problem(response.statusCode(), response.body()));
    }
  }

  /** An answer without a problem. */
  private record Reply(byte[] body, @Nullable NodeState state) {}

  private static @Nullable NodeState state(HttpResponse<?> response) {
    String text = response.headers().firstValue(Headers.NODE_STATE).orElse("");
    return Arrays.stream(NodeState.values())
        .filter(state -> state.text().equals(text))
        .findFirst()
        .orElse(null);
  }

  private byte[] post(String path, @Nullable String token, byte[] json)
      throws IOException, InterruptedException {
    return post(path, token, json, answerTime).body();
  }

  private Reply post(String path, @Nullable String token, byte[] json, Duration patience)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway + path));
    if (json.length > 0) {
      request.header("Content-Type", Json.MEDIA_TYPE);
    }
    HttpResponse<byte[]> response =
        send(request.POST(BodyPublishers.ofByteArray(json)), token, patience);
    requireDone(response);
    return new Reply(response.body(), state(response));
  }

  private static Problem problem(int status, byte[] body) {
    try {
      return Problem.fromJson(body);
    } catch (LimpetException e) {
      return Problem.of(
          ErrorCode.UNREACHABLE,
          "it answered " + status + " without a problem document, so it is no gateway of ours");
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
