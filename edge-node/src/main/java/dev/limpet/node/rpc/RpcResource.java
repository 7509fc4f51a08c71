package dev.limpet.node.rpc;

import dev.limpet.node.http.Exchange;
import dev.limpet.node.http.Resource;
import dev.limpet.protocol.ErrorCode;
import dev.limpet.protocol.Paths;
import dev.limpet.protocol.Problem;
import dev.limpet.protocol.RequestTarget;
import io.helidon.http.HeaderNames;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /api/v0/…}: the commands that callers of one kind may use. Errors have Kubo's form,
 * before a command is found as well as in the middle of an answer.
 */
final class RpcResource implements Resource {
  private static final List<String> AT = List.of("api", "v0");
  private static final String EXPOSED = "X-Stream-Output, X-Chunked-Output, X-Content-Length";

  /** Kubo has commands below these, which a node has not. */
  private static final Set<String> WITH_OTHERS_BELOW = Set.of("version", "commands");

  /** What these answer is bytes. */
  private static final Set<String> OF_BYTES =
      Set.of("cat", "get", "block/get", "dag/get", "dag/export");

  private static final int NO_CONTENT = 204;
  private static final int NOT_FOUND = 404;
  private static final int NOT_ALLOWED = 405;

  private final Need need;
  private final Map<String, Command> commands;
  private final boolean last;
  private final BrowserRule browsers;
  private final Map<String, String> actions;

  /**
   * Commands of one kind.
   *
   * @param commands by their names, such as {@code dag/get}
   * @param actions the names under which those are recorded that change something
   * @param last whether this one also answers for commands that do not exist
   */
  RpcResource(
      Need need,
      Map<String, Command> commands,
      Map<String, String> actions,
      boolean last,
      BrowserRule browsers) {
    this.need = need;
    this.commands = Map.copyOf(commands);
    this.actions = Map.copyOf(actions);
    this.last = last;
    this.browsers = browsers;
  }

  @Override
  public boolean serves(RequestTarget target) {
    return target instanceof RequestTarget.Resource resource
        && resource.segments().size() > AT.size()
        && resource.segments().subList(0, AT.size()).equals(AT)
        && (last || find(resource) != null);
  }

  /**
   * A command by its name, and the argument that stands behind that in the path, as in {@code
   * cat/CID}.
   */
  private record Named(String command, @Nullable String argument) {}

  private @Nullable Named find(RequestTarget.Resource target) {
    List<String> names = target.segments().subList(AT.size(), target.segments().size());
    String whole = String.join("/", names);
    if (commands.containsKey(whole)) {
      return new Named(whole, null);
    }
    String above = String.join("/", names.subList(0, names.size() - 1));
    return commands.containsKey(above) && !WITH_OTHERS_BELOW.contains(above)
        ? new Named(above, names.getLast())
        : null;
  }

  @Override
  public Need need() {
    return need;
  }

  @Override
  public @Nullable String action(String method, RequestTarget target) {
    Named named =
        method.equals("POST") && target instanceof RequestTarget.Resource resource
            ? find(resource)
            : null;
    return named == null ? null : actions.get(named.command);
  }

  @Override
  public boolean tells(String path) {
    return path.startsWith(Paths.RPC);
  }

  @Override
  public void tell(Exchange exchange, Problem problem) {
    Failure failure = Failure.of(problem);
    exchange.record(problem.code().code());
    if (problem.code() == ErrorCode.UNAUTHORIZED) {
      exchange.set(HeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    problem
        .retryAfterSeconds()
        .ifPresent(seconds -> exchange.set(HeaderNames.RETRY_AFTER, seconds));
    Answer.refuse(exchange, failure.status(), failure.plain(), failure.message());
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    if (!(exchange.target() instanceof RequestTarget.Resource target)) {
      throw new IllegalStateException("not a target of this resource");
    }
    exchange.set(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, EXPOSED);
    exchange.set(HeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    exchange.set(HeaderNames.VARY, "Origin");
    exchange.lines("Origin").stream() // one that is not trusted was refused before
        .findFirst()
        .ifPresent(page -> exchange.set(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, page));
    Named named = find(target);
    Call call = new Call(exchange, named == null ? null : named.argument, target.query());
    try {
      browsers.check(exchange::lines);
      if (exchange.method().equals("POST")) {
        run(call, exchange, named);
      } else {
        otherMethod(exchange);
      }
    } catch (IOException | RuntimeException e) {
      fail(call, e);
    } finally {
      call.answer().leave();
    }
  }

  private void run(Call call, Exchange exchange, @Nullable Named named) throws IOException {
    Command command = named == null ? null : commands.get(named.command);
    if (named == null || command == null) {
      Answer.refuse(exchange, NOT_FOUND, true, "404 page not found");
      return;
    }
    call.requireKnownForms(OF_BYTES.contains(named.command));
    command.run(call);
    call.answer().end();
  }

  private static void otherMethod(Exchange exchange) {
    exchange.set(HeaderNames.ALLOW, "OPTIONS, POST");
    if (exchange.method().equals("OPTIONS")) {
      exchange.answerEmpty(NO_CONTENT);
    } else {
      Answer.refuse(exchange, NOT_ALLOWED, true, "405 - Method Not Allowed");
    }
  }

  /** When the caller has gone, telling it fails as well, and the connection is cut. */
  private static void fail(Call call, Exception e) throws IOException {
    call.answer().fail(Failure.of(e));
  }
}
