package dev.limpet.cli.client;

import dev.limpet.cli.CliException;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.access.PlainHttp;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One gateway or node. Its problems become {@link CliException}s with the exit code of house rules;
 * a server that does not answer is exit code 3 with what to start.
 */
public final class ServerClient implements AutoCloseable {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

  /** Management answers at once; only data and calls may take longer. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

  /** A JSON answer or problem beyond this is not one of ours. */
  private static final int MAX_JSON_BYTES = 16 << 20;

  /** Pages of a list that one command follows: a million items at the servers' page size. */
  private static final int MAX_PAGES = 10_000;

  private final URI base;
  private final String role;
  private final Credentials credentials;
  private final BrokenConnection broken;
  private @Nullable HttpClient client;
  private @Nullable StreamClient streams;

  /**
   * @param base such as {@code http://127.0.0.1:8640}
   * @param role {@code gateway} or {@code node}, for messages
   * @param credentials what it is shown
   */
  public ServerClient(URI base, String role, Credentials credentials) {
    this.base = base;
    this.role = role;
    this.credentials = credentials;
    this.broken = new BrokenConnection(base, role, credentials.authorities());
  }

  /** A command needs one of the two, and starting the other would take its time. */
  private HttpClient http() {
    HttpClient open = client;
    if (open == null) {
      open =
          PlainHttp.clientOf(base, credentials.authorities())
              .connectTimeout(CONNECT_TIMEOUT)
              .build();
      client = open;
    }
    return open;
  }

  private StreamClient streams() {
    StreamClient open = streams;
    if (open == null) {
      open = new StreamClient(base, credentials.authorities());
      streams = open;
    }
    return open;
  }

  /** Where it is. */
  public URI base() {
    return base;
  }

  /** A request to build on: target, token, and the timeout of management requests. */
  public HttpRequest.Builder request(String rawTarget) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(target(rawTarget)).timeout(ANSWER_TIMEOUT);
    if (!credentials.token().isEmpty()) {
      builder.header("Authorization", "Bearer " + credentials.token());
    }
    return builder;
  }

  private URI target(String rawTarget) {
    try {
      return URI.create(base.toString().replaceAll("/+$", "") + rawTarget);
    } catch (IllegalArgumentException e) {
      throw CliException.usage("not a URL path: " + rawTarget);
    }
  }

  /** GET of a JSON object. */
  public JsonObject get(String rawTarget) {
    return json(request(rawTarget).header("Accept", "application/json").GET().build());
  }

  /** GET of a short text. */
  public String text(String rawTarget) {
    HttpRequest request = request(rawTarget).header("Accept", "text/plain").GET().build();
    return new String(read(stream(request).body()), StandardCharsets.UTF_8);
  }

  /** All items of a list, page by page. */
  public List<JsonObject> list(String rawTarget) {
    List<JsonObject> items = new ArrayList<>();
    pages(rawTarget, MAX_PAGES, page -> items.addAll(page.objects("items")));
    return items;
  }

  /**
   * Hands on each page of a list.
   *
   * @param most pages that are followed
   * @param each may throw, and nothing more is asked then
   * @throws CliException when the last of so many pages names a next one, or a page itself
   */
  public void pages(String rawTarget, int most, Consumer<JsonObject> each) {
    String cursor = "";
    for (int page = 0; page < most; page++) {
      String separator = rawTarget.contains("?") ? "&" : "?";
      String next = cursor.isEmpty() ? "" : separator + "cursor=" + Targets.query(cursor);
      JsonObject answer = get(rawTarget + next);
      each.accept(answer);
      String after = answer.text("next");
      if (after.isEmpty()) {
        return;
      }
      if (after.equals(cursor)) {
        throw notOurs("lists " + rawTarget + " in a circle, at " + cursor);
      }
      cursor = after;
    }
    throw notOurs(
        "lists " + rawTarget + " without a last page: " + most + " were read, to " + cursor);
  }

  /** POST, PUT or DELETE with a JSON body (null: none); the JSON answer, empty for 204. */
  public JsonObject send(String method, String rawTarget, String jsonBody) {
    BodyPublisher body =
        jsonBody.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(jsonBody);
    HttpRequest.Builder request = request(rawTarget).method(method, body);
    if (!jsonBody.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    return json(request.build());
  }

  /** Sends and reads a JSON answer. */
  public JsonObject json(HttpRequest request) {
    HttpResponse<InputStream> response = stream(request);
    byte[] body = read(response.body());
    if (body.length == 0) {
      return JsonObject.parse("{}");
    }
    try {
      return JsonObject.parse(new String(body, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      throw notOurs("answered something that is not JSON");
    }
  }

  /** Sends; an answer of 400 or more becomes a {@link CliException}, others are handed on. */
  public HttpResponse<InputStream> stream(HttpRequest request) {
    HttpResponse<InputStream> response = exchange(request);
    if (response.statusCode() >= 400) {
      throw Problems.toException(response, read(response.body()));
    }
    return response;
  }

  /** Sends; any status is handed on. */
  public HttpResponse<InputStream> exchange(HttpRequest request) {
    try {
      return http().send(request, BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw broken.told(e);
    } catch (InterruptedException e) {
      throw StreamClient.interrupted();
    }
  }

  /**
   * Sends a request whose body and answer may stream at the same time; an answer of 400 or more
   * becomes a {@link CliException}, unless it is a function's own.
   *
   * @param headers besides the token
   * @param body or null
   */
  public StreamedAnswer streamed(
      String method,
      String rawTarget,
      Map<String, String> headers,
      StreamClient.@Nullable Body body) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (!credentials.token().isEmpty()) {
      all.put("Authorization", "Bearer " + credentials.token());
    }
    URI url = target(rawTarget);
    try {
      StreamedAnswer answer =
          streams().send(new StreamClient.Request(HttpMethod.valueOf(method), url, all, body));
      if (answer.status() >= 400 && !answer.isOfFunction()) {
        throw Problems.toException(answer, url, read(answer.body()));
      }
      return answer;
    } catch (IOException e) {
      throw broken.told(e);
    }
  }

  /** Whether something answers there at all. The token stays here: it may be a stranger's URL. */
  public boolean isReachable() {
    HttpRequest probe =
        HttpRequest.newBuilder(target("/health/live")).timeout(CONNECT_TIMEOUT).GET().build();
    try {
      HttpResponse<InputStream> response = exchange(probe);
      response.body().close();
      return response.statusCode() < 500;
    } catch (CliException | IOException e) {
      return false;
    }
  }

  private CliException notOurs(String what) {
    return new CliException(
        ErrorCode.UNREACHABLE, base + " " + what + ": is it a Limpet " + role + "?");
  }

  private byte[] read(InputStream answer) {
    try (InputStream body = answer) {
      byte[] bytes = body.readNBytes(MAX_JSON_BYTES + 1);
      if (bytes.length > MAX_JSON_BYTES) {
        throw notOurs("answered more than " + MAX_JSON_BYTES + " bytes of JSON");
      }
      return bytes;
    } catch (IOException e) {
      throw new CliException(
          ErrorCode.UNREACHABLE, "the answer of " + base + " broke off: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    if (streams != null) {
      streams.close();
    }
  }
}
