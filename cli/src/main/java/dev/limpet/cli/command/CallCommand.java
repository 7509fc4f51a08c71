package dev.limpet.cli.command;

import dev.limpet.cli.ServerOptions;
import dev.limpet.cli.Session;
import dev.limpet.cli.client.ServerClient;
import dev.limpet.cli.client.StreamedAnswer;
import dev.limpet.cli.client.Targets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code limpet call}: the answer, and only it, on standard output. */
@Command(
    name = "call",
    description = "Call a function, on data where it is held; the answer goes to standard output.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  limpet call hello -- world",
      "  limpet call csv --on bafybei.../2013-01.csv -- by=carrier mean=arr_delay",
      "  limpet call wordcount --body -  < notes.txt",
      "  limpet call thumbnail --on bafybei... --query 'width=200' > small.jpg"
    })
public final class CallCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ServerOptions options = new ServerOptions();

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "NAME, NAME@VERSION or a CID.")
  private String function = "";

  @Parameters(index = "1..*", paramLabel = "ARG", description = "Arguments, after --.")
  private List<String> arguments = new ArrayList<>();

  @Option(
      names = "--on",
      paramLabel = "CID[/PATH]",
      description = "The data, /data to the function; again for /data1, /data2 and so on.")
  private List<String> data = new ArrayList<>();

  @Mixin private BodyOption body = new BodyOption();

  @Mixin private CallOptions bounds = new CallOptions();

  @Mixin private RequestOptions request = new RequestOptions();

  CallCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    ServerClient gateway = session.gateway(options);
    RequestOptions.Typed typed = request.typed();
    Map<String, String> headers = new LinkedHashMap<>(typed.headers());
    bounds.addTo(headers);
    String target = target(typed);
    if (body.isGiven()) {
      headers.putIfAbsent("content-type", "application/octet-stream");
    }
    String method = method(typed, body.isGiven() ? "POST" : "GET");
    boolean repeats = body.isRepeatable() && !bounds.isTimed();
    return new ReadyFunction(session.terminal(), repeats)
        .ask(
            () ->
                body.sent(
                    session.terminal(),
                    sent -> printed(gateway.streamed(method, target, headers, sent))));
  }

  private int printed(StreamedAnswer answer) {
    return bounds.printed(session.terminal()).print(answer);
  }

  private static String method(RequestOptions.Typed typed, String usual) {
    return typed.method().isEmpty() ? usual : typed.method();
  }

  private String target(RequestOptions.Typed typed) {
    List<String> parameters = new ArrayList<>(Targets.further(data));
    parameters.addAll(Targets.arguments(arguments));
    if (!typed.query().isEmpty()) {
      parameters.add(typed.query());
    }
    return Targets.called(data)
        + Targets.function(function)
        + Targets.path(typed.path())
        + Targets.queryOf(parameters);
  }
}
