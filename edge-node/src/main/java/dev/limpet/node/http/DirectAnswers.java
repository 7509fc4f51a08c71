package dev.limpet.node.http;

import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Headers;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.Problem;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Problem documents for what the server refuses by itself, before a resource sees it. */
final class DirectAnswers implements DirectHandler {
  private static final String PLAIN = "text/plain; charset=utf-8";
  private static final int BAD_REQUEST = 400;
  private static final int PAYLOAD_TOO_LARGE = 413;
  private static final int URI_TOO_LONG = 414;
  private static final int HEADERS_TOO_LARGE = 431;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int UNAVAILABLE = 503;
  private static final int VERSION_NOT_SUPPORTED = 505;

  @Override
  public TransportResponse handle(
      TransportRequest request,
      EventType type,
      Status status,
      ServerResponseHeaders headers,
      @Nullable String message) {
    Problem problem = problem(hasHead(request, type) ? status.code() : BAD_REQUEST);
    boolean rpc = isRpc(request.path());
    TransportResponse.Builder answer =
        TransportResponse.builder()
            .status(Status.create(problem.status()))
            .headers(headers)
            .header(HeaderNames.CONTENT_TYPE, rpc ? PLAIN : Problem.MEDIA_TYPE)
            .header(HeaderNames.CACHE_CONTROL, "no-store")
            .header(HeaderNames.create(Headers.ERROR), problem.code().code())
            .keepAlive(false);
    problem
        .retryAfterSeconds()
        .ifPresent(after -> answer.header(HeaderNames.RETRY_AFTER, Long.toString(after)));
    if (!"HEAD".equals(request.method())) {
      byte[] line = (problem.detail() + "\n").getBytes(StandardCharsets.UTF_8);
      answer.entity(rpc ? line : problem.toJson());
    }
    return answer.build();
  }

  /** Clients of Kubo's RPC read plain text. */
  private static boolean isRpc(@Nullable String path) {
    return path != null && path.startsWith(Paths.RPC);
  }

  /** Where there is none, what the server calls an error of its own was no line of a request. */
  private static boolean hasHead(TransportRequest request, EventType type) {
    return type != EventType.INTERNAL_ERROR || !request.method().isEmpty();
  }

  private static Problem problem(int status) {
    return switch (status) {
      case NOT_IMPLEMENTED ->
          Problem.of(ErrorCode.BAD_REQUEST, "the one transfer coding that is read here is chunked");
      case PAYLOAD_TOO_LARGE ->
          Problem.of(ErrorCode.BODY_TOO_LARGE, "the request's body is too large");
      case URI_TOO_LONG ->
          Problem.of(
              ErrorCode.TARGET_TOO_LONG,
              "the request target is too long; send what is large as the body");
      case HEADERS_TOO_LARGE ->
          Problem.of(
              ErrorCode.HEADERS_TOO_LARGE,
              "the request's headers have more than "
                  + NodeServer.MAX_HEADERS_BYTES
                  + " bytes together");
      case UNAVAILABLE ->
          Problem.of(ErrorCode.OVERLOADED, "too many requests at once; try again")
              .withRetryAfter(NodeServer.RETRY_AFTER);
      case VERSION_NOT_SUPPORTED ->
          Problem.of(ErrorCode.BAD_REQUEST, "this server speaks HTTP/1.1 only");
      default ->
          status >= FIRST_SERVER_ERROR
              ? Problem.of(ErrorCode.INTERNAL, "an error of this node's own; its log says more")
              : Problem.of(ErrorCode.BAD_REQUEST, "this is not a well-formed HTTP/1.1 request");
    };
  }
}
